namespace Saas.EndToEnd.Tests.Registry;

/// <summary>Consul's client from npm, and plain HTTP for what it has no name for, drive the whole registry.</summary>
[Collection("machine")]
public sealed class ConsulClientTests(RegistrySite site) : IClassFixture<RegistrySite>
{
    [Theory]
    [InlineData("catalog.js", 16)]
    [InlineData("kv.js", 13)]
    [InlineData("connect.js", 6)]
    [InlineData("agent.js", 8)]
    public Task Script_AgainstThePlatform_FindsAConsul(string script, int checks) => ConsulScript.RunAsync(site, script, checks);
}

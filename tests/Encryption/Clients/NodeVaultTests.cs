namespace Saas.Encryption.Tests.Clients;

/// <summary>node-vault, as npm has it, drives every operation of the API.</summary>
public sealed class NodeVaultTests
{
    [Theory]
    [InlineData("system", 13)]
    [InlineData("wrapping", 6)]
    [InlineData("kv", 12)]
    [InlineData("transit-keys", 20)]
    [InlineData("transit-operations", 23)]
    [InlineData("transit-batches", 8)]
    [InlineData("interoperability", 9)]
    public Task Script_AgainstTheApi_FindsAVault(string script, int checks) =>
        ClientScript.RunAsync("node", Path.Combine("node-vault", script + ".js"), checks);
}

namespace Saas.Encryption.Tests.Clients;

/// <summary>hvac, Python's client, as Debian packages it (python3-hvac).</summary>
public sealed class HvacTests
{
    /// <summary>Debian's own interpreter: the packages are not installed for another.</summary>
    private const string Python = "/usr/bin/python3";

    [Fact]
    public Task Script_AgainstTheApi_FindsAVault() => ClientScript.RunAsync(Python, Path.Combine("hvac", "client.py"), 10);
}

using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Clients;

/// <summary>nomad-client, as npm has it, drives the API of jobs.</summary>
public sealed class NomadClientTests
{
    [Fact]
    public async Task Script_AgainstTheApi_FindsNomadsJobs()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await host.AgentAsync(acme);

        await ClientScript.RunAsync(host, acme, Path.Combine("nomad-client", "jobs.js"), checks: 17);
    }
}

using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.Registry.Consul;

namespace Saas.Registry.Nodes;

/// <summary>What an agent's message must be. The agent refuses the same earlier, from whoever registers with it.</summary>
internal static class SyncRules
{
    private const int MaxName = 128;

    /// <summary>Ids of jobs' services are put together from several names, and ids of checks from those.</summary>
    private const int MaxId = 512;

    private const int MaxText = 4096;
    private const int MaxTags = 64;
    private const int MaxPairs = 64;

    /// <summary>What the message leaves out, as the empty list it means: the deserializer knows no defaults of records.</summary>
    public static NodeSync Whole(NodeSync sync) => sync with
    {
        Services = [.. (sync.Services ?? []).Select(s => s with { Tags = s.Tags ?? [], Weights = s.Weights ?? ServiceWeights.Default, Address = s.Address ?? "", Kind = s.Kind ?? "", SocketPath = s.SocketPath ?? "" })],
        Checks =
        [
            .. (sync.Checks ?? []).Select(c => c with
            {
                Name = c.Name ?? "",
                Notes = c.Notes ?? "",
                Output = c.Output ?? "",
                ServiceID = c.ServiceID ?? "",
                Type = c.Type ?? "",
                Interval = c.Interval ?? "",
                Timeout = c.Timeout ?? "",
            }),
        ],
        RemovedServices = sync.RemovedServices ?? [],
        RemovedChecks = sync.RemovedChecks ?? [],
        RoundTrips = sync.RoundTrips ?? [],
        Node = sync.Node is { } node ? node with { ID = node.ID ?? "", Datacenter = "" } : null,
    };

    /// <exception cref="RegistryException">400: the first thing that is wrong.</exception>
    public static void Check(NodeSync sync)
    {
        Require(sync.Generation >= 1, "Generation: expected 1 or more");
        Require(sync.Sequence >= 0, "Sequence: expected 0 or more");
        Require(!sync.Full || sync is { Node: not null, Sequence: 0 }, "Full: a full message names its node and has sequence 0");
        Require(
            sync.TtlSeconds is >= SyncProtocol.MinTtlSeconds and <= SyncProtocol.MaxTtlSeconds,
            $"TtlSeconds: expected {SyncProtocol.MinTtlSeconds} to {SyncProtocol.MaxTtlSeconds}; {sync.TtlSeconds} came");
        Require(sync.Services.Count <= SyncProtocol.MaxServices, $"Services: expected at most {SyncProtocol.MaxServices}; {sync.Services.Count} came");
        Require(sync.Checks.Count <= SyncProtocol.MaxChecks, $"Checks: expected at most {SyncProtocol.MaxChecks}; {sync.Checks.Count} came");
        Require(
            sync.RoundTrips.Count <= SyncProtocol.MaxRoundTrips && sync.RoundTrips.All(r => r is { Seconds: > 0 and <= 10, Node.Length: > 0 and <= MaxName }),
            $"RoundTrips: expected at most {SyncProtocol.MaxRoundTrips}, each to a node, above 0 and at most 10 seconds");
        if (sync.Node is { } node)
        {
            Require(IsName(node.Name), $"Node: expected a name of 1 to {MaxName} characters");
            Require(IsText(node.Address, MaxName * 2), "Node.Address: expected an address");
            Require((node.Meta?.Count ?? 0) <= MaxPairs, $"Node.Meta: expected at most {MaxPairs} pairs");
        }

        foreach (var service in sync.Services)
        {
            Check(service);
        }

        foreach (var check in sync.Checks)
        {
            Require(IsText(check.CheckID, MaxId), $"Checks: expected a CheckID of 1 to {MaxId} characters");
            Require(HealthStatus.IsStatus(check.Status), $"Checks: expected status passing, warning or critical; {check.CheckID} has another");
            Require(check.Output.Length <= MaxText && check.Notes.Length <= MaxText, $"Checks: output and notes have at most {MaxText} characters");
            Require(check.CheckID != HealthStatus.AgentAlive, $"Checks: {HealthStatus.AgentAlive} is the registry's own");
        }

        Require(sync.RemovedServices.Count <= SyncProtocol.MaxServices && sync.RemovedChecks.Count <= SyncProtocol.MaxChecks, "Removed: too many");
    }

    private static void Check(ServiceInstance service)
    {
        Require(IsText(service.ID, MaxId) && IsName(service.Name), $"Services: expected an ID of 1 to {MaxId} and a name of 1 to {MaxName} characters");
        Require(service.Port is >= 0 and <= 65535, $"Services: {service.ID}: expected a port from 0 to 65535");
        Require(service.Tags.Count <= MaxTags && service.Tags.All(t => t.Length <= MaxName * 2), $"Services: {service.ID}: expected at most {MaxTags} tags");
        Require((service.Meta?.Count ?? 0) <= MaxPairs, $"Services: {service.ID}: expected at most {MaxPairs} pairs of metadata");
        Require(service.Weights is { Passing: >= 0 and <= 65535, Warning: >= 0 and <= 65535 }, $"Services: {service.ID}: expected weights from 0 to 65535");
    }

    private static bool IsName(string text) => IsText(text, MaxName);

    private static bool IsText(string text, int max) => text.Length >= 1 && text.Length <= max && !text.Any(char.IsControl);

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw RegistryException.BadRequest(message);
        }
    }
}

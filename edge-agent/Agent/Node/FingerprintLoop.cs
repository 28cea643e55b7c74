using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.ControlPlane;

namespace Saas.EdgeAgent.Node;

/// <summary>Tells what the node is and can: at the start, when a driver's health changes, and every five minutes.</summary>
internal sealed partial class FingerprintLoop(
    string name, HostFacts host, NodeSettings settings, DriverSet drivers, ControlPlaneSession session, HeartbeatTtl heartbeat, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SendEvery = TimeSpan.FromMinutes(5);
    private const int MaxAttributes = 256;
    private const int MaxDetailLength = 1024;

    private IReadOnlyDictionary<string, DriverFingerprint>? _sent;
    private long _sentAt;

    public Task RunAsync(CancellationToken ct) => new RetryingLoop("fingerprint", time, log).RunAsync(TurnAsync, ct);

    private async Task TurnAsync(CancellationToken ct)
    {
        var fingerprint = await TakeAsync(ct);
        if (_sent is null || !Same(_sent, fingerprint.Drivers) || time.GetElapsedTime(_sentAt) >= SendEvery)
        {
            var response = await session.PutNodeAsync(fingerprint, ct);
            heartbeat.Seconds = response.HeartbeatTtlSeconds;
            _sent = fingerprint.Drivers;
            _sentAt = time.GetTimestamp();
            LogSent(log, string.Join(", ", fingerprint.Drivers.Select(driver => $"{driver.Key}: {driver.Value.Detail}")));
        }

        await Task.Delay(LookEvery, time, ct);
    }

    public async Task<NodeFingerprint> TakeAsync(CancellationToken ct)
    {
        var attributes = new Dictionary<string, string>(host.Attributes, StringComparer.Ordinal);
        var health = new Dictionary<string, DriverFingerprint>(StringComparer.Ordinal);
        foreach (var driver in drivers.All)
        {
            var capability = await driver.FingerprintAsync(ct);
            var detail = capability.Fingerprint.Detail;
            health[driver.Name] = capability.Fingerprint with { Detail = detail.Length > MaxDetailLength ? detail[..MaxDetailLength] : detail };
            foreach (var (key, value) in capability.Attributes.Where(_ => attributes.Count < MaxAttributes))
            {
                attributes[key] = value;
            }
        }

        return new NodeFingerprint
        {
            ProtocolVersion = AgentProtocol.Version,
            AgentVersion = typeof(FingerprintLoop).Assembly.GetName().Version!.ToString(3),
            Name = name,
            Resources = host.Resources,
            Attributes = attributes,
            Drivers = health,
            NodeClass = settings.Class,
            NodePool = settings.Pool,
            PricePerHourMicros = settings.PricePerHourMicros,
            Meta = settings.Meta,
            Networks = settings.Networks,
            Volumes = settings.Volumes.Count > 0 ? settings.Volumes : null,
            Devices = settings.Devices,
        };
    }

    private static bool Same(IReadOnlyDictionary<string, DriverFingerprint> a, IReadOnlyDictionary<string, DriverFingerprint> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var other) && other == pair.Value);

    [LoggerMessage(251, LogLevel.Information, "Fingerprint sent: {Drivers}")]
    private static partial void LogSent(ILogger log, string drivers);
}

using System.Net.Sockets;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Checks;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Peers;

/// <summary>
/// Measures how far other nodes are, a few at a time, by the time that a TCP connection to a service there takes. A machine
/// that refuses the connection has answered too. The latest measurements go to the registry with the next message.
/// </summary>
internal sealed class RoundTripLoop(CatalogFollower view, string nodeName, TimeProvider time)
{
    private const int PeersAtATime = 4;
    private const double MaxSeconds = 10;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private IReadOnlyList<RoundTrip> _latest = [];

    /// <summary>The same list until there are new ones.</summary>
    public IReadOnlyList<RoundTrip> Latest => Volatile.Read(ref _latest);

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(Every * (0.75 + Random.Shared.NextDouble() / 2), time, ct);
            var measured = await MeasureAsync(ct);
            if (measured.Count > 0)
            {
                Volatile.Write(ref _latest, measured);
            }
        }
    }

    public async Task<IReadOnlyList<RoundTrip>> MeasureAsync(CancellationToken ct)
    {
        if (view.Current is not { } current)
        {
            return [];
        }

        var peers = current.Catalog.Nodes.Where(n => !string.Equals(n.Node.Name, nodeName, StringComparison.OrdinalIgnoreCase))
            .Select(n => (n.Node.Name, Target: TargetOf(n))).Where(p => p.Target is not null).ToArray();
        Random.Shared.Shuffle(peers);
        var measured = await Task.WhenAll(peers.Take(PeersAtATime).Select(p => MeasureAsync(p.Name, p.Target!.Value, ct)));
        return [.. measured.OfType<RoundTrip>()];
    }

    /// <summary>Where something healthy listens on that very machine; null: nowhere.</summary>
    private static HostPort? TargetOf(NodeEntry node)
    {
        foreach (var service in node.Services.Values)
        {
            if (service.Port > 0 && (service.Address.Length == 0 || service.Address == node.Node.Address)
                && node.ChecksOf(service.ID).All(c => c.Status == HealthStatus.Passing))
            {
                return new HostPort(node.Node.Address, service.Port);
            }
        }

        return null;
    }

    private async Task<RoundTrip?> MeasureAsync(string peer, HostPort target, CancellationToken ct)
    {
        using var limit = new ProbeTimeout(Patience, time, ct);
        var started = time.GetTimestamp();
        try
        {
            using var socket = await target.ConnectAsync(limit.Token);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return Of(peer, started);
        }
        catch (Exception e) when (e is SocketException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }

        return Of(peer, started);
    }

    private RoundTrip? Of(string peer, long started) =>
        time.GetElapsedTime(started).TotalSeconds is > 0 and <= MaxSeconds and var seconds ? new RoundTrip(peer, seconds) : null;
}

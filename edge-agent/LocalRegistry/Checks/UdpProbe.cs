using System.Net.Sockets;

namespace Saas.LocalRegistry.Checks;

/// <summary>
/// Whether a UDP port takes a datagram. One that refuses is answered by the machine there; one that keeps silent may be
/// well, as most protocols do not answer to what they do not know.
/// </summary>
internal sealed class UdpProbe(CheckDefinition definition, TimeProvider time) : ICheckProbe
{
    /// <summary>How long a refusal is waited for, within the check's own time-out.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    public async Task<CheckResult> ProbeAsync(CancellationToken ct)
    {
        if (HostPort.Parse(definition.Udp) is not { } target)
        {
            return CheckResult.Critical($"dial udp: address {definition.Udp}: not host:port");
        }

        using var limit = new ProbeTimeout(definition.EffectiveTimeout < Silence ? definition.EffectiveTimeout : Silence, time, ct);
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(target.Host, target.Port, limit.Token);
            await socket.SendAsync("consul-health-check"u8.ToArray(), limit.Token);
            await socket.ReceiveAsync(new byte[1], limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return CheckResult.Passing($"UDP connect {definition.Udp}: Success");
        }
        catch (SocketException e)
        {
            return CheckResult.Critical($"read udp {definition.Udp}: {e.Message}");
        }

        return CheckResult.Passing($"UDP connect {definition.Udp}: Success");
    }

    public void Dispose()
    {
    }
}

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Saas.LocalRegistry.Checks;

/// <summary>Whether a TCP connection comes about, with TLS if so asked.</summary>
internal sealed class TcpProbe(CheckDefinition definition, TimeProvider time) : ICheckProbe
{
    public async Task<CheckResult> ProbeAsync(CancellationToken ct)
    {
        if (HostPort.Parse(definition.Tcp) is not { } target)
        {
            return CheckResult.Critical($"dial tcp: address {definition.Tcp}: not host:port");
        }

        using var limit = new ProbeTimeout(definition.EffectiveTimeout, time, ct);
        try
        {
            using var socket = await target.ConnectAsync(limit.Token);
            if (definition.TcpUseTls)
            {
                await HandshakeAsync(socket, target.Host, limit.Token);
            }

            return CheckResult.Passing($"TCP connect {definition.Tcp}: Success");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return CheckResult.Critical($"dial tcp {definition.Tcp}: i/o timeout");
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            return CheckResult.Critical($"dial tcp {definition.Tcp}: {e.Message}");
        }
    }

    public void Dispose()
    {
    }

    private async Task HandshakeAsync(Socket socket, string host, CancellationToken ct)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(ProbeTls.Options(definition, host), ct);
    }
}

/// <summary>TLS as a check's definition wants it.</summary>
internal static class ProbeTls
{
    /// <param name="host">Whom the certificate must name, unless the definition says whom.</param>
    public static SslClientAuthenticationOptions Options(CheckDefinition definition, string host) => new()
    {
        TargetHost = definition.TlsServerName.Length > 0 ? definition.TlsServerName : host,

        // The one who registers the check may say that its service has no proper certificate; nothing secret is sent.
#pragma warning disable CA5359, MA0039
        RemoteCertificateValidationCallback = definition.TlsSkipVerify ? static (_, _, _, _) => true : null,
#pragma warning restore CA5359, MA0039
    };
}

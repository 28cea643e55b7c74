using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.State;
using Saas.LocalRegistry;
using Saas.LocalRegistry.Dns;
using Saas.LocalRegistry.Http;

namespace Saas.EdgeAgent.Registry;

/// <summary>
/// The local registry within the agent, as the configuration has it. Made only where that asks for one: what it needs, above
/// all the web server, is otherwise never loaded.
/// </summary>
internal sealed partial class LocalRegistryRun : IDisposable
{
    private static readonly TimeSpan DnsAgain = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly LocalRegistryHost _host;
    private readonly DnsConfig? _dns;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <exception cref="IOException">Its folder cannot be made.</exception>
    public LocalRegistryRun(RegistryConfig config, AgentOptions options, DataDirectory data, NodeIdentity identity, AccessTokens tokens, TimeProvider time, ILogger log)
    {
        (_dns, _time, _log) = (config.Dns, time, log);
        _http = RegistryChannel.CreateHttp(config.Server is null ? options.Server : new Uri(config.Server));
        var registry = new LocalRegistryOptions
        {
            NodeName = NodeIdentityRules.NameOf(options.Name, identity.NodeId),
            NodeId = NodeIdentityRules.UuidOf(identity.NodeId),
            Address = config.AdvertisedAddress(),
            NodeMeta = new Dictionary<string, string> { ["saas-node"] = identity.NodeId, ["consul-network-segment"] = "" },
            Ttl = TimeSpan.FromSeconds(config.TtlSeconds),
            EnableScriptChecks = config.EnableScriptChecks,
            EnableLocalScriptChecks = config.EnableLocalScriptChecks || config.EnableScriptChecks,
            ProbePeers = config.ProbePeers,
            Listen = config.ListenAt,
        };
        _host = new LocalRegistryHost(registry, new RegistryChannel(_http, tokens), new DurableFiles(data.RegistryState), time, log);
        Services = new AllocationRegistrations(_host, data.AllocationFolders, log);
    }

    /// <summary>Where the services of allocations are made known.</summary>
    public IAllocationServices Services { get; }

    /// <summary>Until cancelled, or until a part of it fails by a fault of ours.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] parts =
        [
            _host.RunAsync(all.Token),
            .. _host.Options.Listen is { } listen ? [ServeAsync(listen, all.Token)] : Array.Empty<Task>(),
            .. _dns is { } dns ? [ServeDnsAsync(dns, all.Token)] : Array.Empty<Task>(),
        ];
        await Task.WhenAny(parts);
        await all.CancelAsync();
        await Task.WhenAll(parts);
    }

    /// <summary>In a method of its own: with it the web server is loaded.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task ServeAsync(IPEndPoint listen, CancellationToken ct) => new LocalApiLoop(_host, listen, _time, _log).RunAsync(ct);

    /// <summary>As with the API, an address that another process holds is waited for.</summary>
    private async Task ServeDnsAsync(DnsConfig config, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            using var server = new DnsServer(config.ToOptions(), _host.Views, _time, _log);
            try
            {
                await server.RunAsync(ct);
            }
            catch (DnsBindException e)
            {
                LogDns(_log, e.Message, DnsAgain.TotalSeconds);
                await Task.Delay(DnsAgain, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        _http.Dispose();
    }

    [LoggerMessage(228, LogLevel.Error, "{Reason} Again in {Seconds:0} s")]
    private static partial void LogDns(ILogger log, string reason, double seconds);
}

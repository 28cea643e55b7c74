using Microsoft.Extensions.Logging;
using Saas.LocalRegistry.Checks;
using Saas.LocalRegistry.Peers;
using Saas.LocalRegistry.Registrations;
using Saas.LocalRegistry.Sync;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry;

/// <summary>
/// The local registry put together: what this machine offers, the checks of it, what the registry is told, and the view of
/// the catalog. The HTTP API and DNS are served from it by those who want them: this type knows neither, so that an agent
/// without them loads no web server.
/// </summary>
internal sealed class LocalRegistryHost : IDisposable
{
    private readonly ProbeFactory _probes;
    private readonly ProbeSet _probeSet;
    private readonly CheckStateLoop _states;
    private readonly RoundTripLoop _roundTrips;

    /// <exception cref="System.Text.Json.JsonException">A file of its state was edited: better not to start than to guess.</exception>
    public LocalRegistryHost(LocalRegistryOptions options, IRegistryChannel channel, IDurableFiles files, TimeProvider time, ILogger log)
    {
        (Options, Channel) = (options, channel);
        var client = new RegistryClient(channel, time);
        Store = new RegistrationStore(files, time);
        Views = new CatalogViews(options.NodeName, client, files, time, log);
        _roundTrips = new RoundTripLoop(Views.Local, options.NodeName, time);
        var drift = new DriftCheck(Views, options.NodeName, time);
        Sessions = new SessionSet(new SessionParts(
            options, Store, client, new GenerationFile(files), new ProjectNames(files), _ => true, () => _roundTrips.Latest, drift.HasDrifted, time, log));
        _probes = new ProbeFactory(time);
        _probeSet = new ProbeSet(Store, _probes, new AliasChecks(Store, Views.Local, options.NodeName), time);
        _states = new CheckStateLoop(Store, time, log);
    }

    public LocalRegistryOptions Options { get; }
    public IRegistryChannel Channel { get; }
    public RegistrationStore Store { get; }
    public CatalogViews Views { get; }
    public SessionSet Sessions { get; }

    /// <summary>Until cancelled; then it returns. Registrations stay: what runs on this machine runs on without the agent, until its TTL is over.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // If one ends with a fault of ours, all end.
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] loops =
        [
            Views.RunAsync(all.Token),
            Sessions.RunAsync(all.Token),
            _probeSet.RunAsync(all.Token),
            _states.RunAsync(all.Token),
            .. Options.ProbePeers ? [_roundTrips.RunAsync(all.Token)] : Array.Empty<Task>(),
        ];
        await Task.WhenAny(loops);
        await all.CancelAsync();
        var ended = Task.WhenAll(loops);
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (ended.IsFaulted)
        {
            await ended;
        }
    }

    public void Dispose() => _probes.Dispose();
}

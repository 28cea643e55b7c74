using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Checks;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Sync;

/// <summary>
/// What the registry was told of this node in one project, against what is so: from the two comes the next message.
/// Knows nothing of HTTP and keeps no time. Used by one session.
/// </summary>
internal sealed class NodeLedger(string nodeName, Func<TimeSpan> outputDelay)
{
    private readonly Dictionary<string, ServiceInstance> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PublishedCheck> _checks = new(StringComparer.Ordinal);

    /// <summary>In bytes: longer outputs than the registry takes are cut.</summary>
    private const int MaxOutputBytes = 4096;

    /// <summary>When something that is held back is to go out; null: nothing is.</summary>
    public TimeSpan? DueAt => _checks.Values.Min(c => c.DueAt);

    /// <summary>Everything there is, as told from now on.</summary>
    public (IReadOnlyList<ServiceInstance> Services, IReadOnlyList<HealthCheck> Checks) TakeAll(ProjectState state, TimeSpan now)
    {
        _services.Clear();
        foreach (var (id, service) in state.Services)
        {
            _services[id] = service.Instance;
        }

        foreach (var gone in _checks.Keys.Where(id => !state.Checks.ContainsKey(id)).ToList())
        {
            _checks.Remove(gone);
        }

        foreach (var (id, check) in state.Checks)
        {
            var current = Of(state, check);
            _checks[id] = _checks.TryGetValue(id, out var known) ? known.Resent(current, now) : new PublishedCheck(current);
        }

        return ([.. _services.Values], [.. _checks.Values.Select(c => c.Sent)]);
    }

    /// <summary>What is to be told now, as told from now on; null: nothing.</summary>
    public NodeSync? TakeChanges(ProjectState state, TimeSpan now)
    {
        var removedServices = _services.Keys.Where(id => !state.Services.ContainsKey(id)).ToList();
        removedServices.ForEach(id => _services.Remove(id));
        var services = new List<ServiceInstance>();
        foreach (var (id, service) in state.Services)
        {
            if (!_services.TryGetValue(id, out var known) || !ReferenceEquals(known, service.Instance))
            {
                services.Add(_services[id] = service.Instance);
            }
        }

        // The checks of a removed service go with it.
        var removedChecks = new List<string>();
        foreach (var (id, check) in _checks.Where(c => !state.Checks.ContainsKey(c.Key)).ToList())
        {
            _checks.Remove(id);
            if (!removedServices.Contains(check.Sent.ServiceID))
            {
                removedChecks.Add(id);
            }
        }

        var checks = new List<HealthCheck>();
        foreach (var (id, check) in state.Checks)
        {
            var current = Of(state, check);
            var known = _checks.GetValueOrDefault(id);
            var next = known?.Look(current, now, outputDelay) ?? new PublishedCheck(current);
            _checks[id] = next;
            if (!ReferenceEquals(known?.Sent, next.Sent))
            {
                checks.Add(next.Sent);
            }
        }

        return services.Count + checks.Count + removedServices.Count + removedChecks.Count == 0 ? null : new NodeSync
        {
            Generation = 0,
            Sequence = 0,
            Services = services,
            Checks = checks,
            RemovedServices = removedServices,
            RemovedChecks = removedChecks,
        };
    }

    private HealthCheck Of(ProjectState state, LocalCheck check)
    {
        var told = state.ToHealthCheck(check, nodeName);
        return told.Output.Length * 3 <= MaxOutputBytes ? told : told with { Output = OutputLimit.Head(told.Output, MaxOutputBytes) };
    }

    /// <summary>What the registry should have, for comparison with what it has.</summary>
    public (IReadOnlyDictionary<string, ServiceInstance> Services, IReadOnlyDictionary<string, PublishedCheck> Checks) Told => (_services, _checks);
}

using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Registrations;

internal sealed partial class RegistrationStore
{
    private const string DefaultServiceReason =
        "Maintenance mode is enabled for this service, but no reason was provided. This is a default message.";

    private const string DefaultNodeReason =
        "Maintenance mode is enabled for this node, but no reason was provided. This is a default message.";

    /// <summary>What a probe found. One whose check is gone, or was registered anew, has nothing to say any more.</summary>
    public void Report(string ns, CheckDefinition definition, CheckResult result) =>
        ChangeState(ns, definition.Id, check => ReferenceEquals(check.Definition, definition) ? WithState(check, result) : check);

    /// <summary>What a service says of itself; its TTL begins anew.</summary>
    /// <param name="result">Its output is cut to the check's limit.</param>
    public RegistrationOutcome Hear(string ns, string checkId, CheckResult result)
    {
        if (!Project(ns).Checks.TryGetValue(checkId, out var known))
        {
            return RegistrationOutcome.NoSuchCheck;
        }

        if (!known.Definition.IsTtl)
        {
            return RegistrationOutcome.NotTtl;
        }

        var now = _time.GetTimestamp();
        ChangeState(ns, checkId, check => WithState(
            check, result with { Output = OutputLimit.Cut(result.Output, check.Definition.OutputBytes) }) with { HeardAt = now });
        return RegistrationOutcome.Done;
    }

    /// <summary>The time of a TTL check is over, if it is.</summary>
    public void Expire(string ns, CheckDefinition definition) => ChangeState(ns, definition.Id, check =>
        !ReferenceEquals(check.Definition, definition) || _time.GetElapsedTime(check.HeardAt) < definition.Ttl || check.Output.StartsWith(TtlExpired, StringComparison.Ordinal)
            ? check
            : WithState(check, CheckResult.Critical(check.Output.Length == 0 ? TtlExpired : $"{TtlExpired} (last output before timeout follows): {check.Output}")));

    /// <summary>Takes a service out of discovery until further notice, or ends that.</summary>
    /// <param name="reason">Empty: Consul's default.</param>
    /// <exception cref="IOException">Nothing changed.</exception>
    public RegistrationOutcome SetServiceMaintenance(string ns, string serviceId, bool enable, string reason)
    {
        if (!Project(ns).Services.ContainsKey(serviceId))
        {
            return RegistrationOutcome.NoSuchService;
        }

        var id = HealthStatus.ServiceMaintenancePrefix + serviceId;
        var check = Maintenance(id, "Service Maintenance Mode", serviceId, reason.Length > 0 ? reason : DefaultServiceReason);
        return Change(ns, project => SetMaintenance(project, check, enable));
    }

    /// <summary>As for a service, for all that is on this machine, in every project.</summary>
    /// <exception cref="IOException">Nothing changed.</exception>
    public RegistrationOutcome SetNodeMaintenance(bool enable, string reason)
    {
        var check = Maintenance(HealthStatus.NodeMaintenance, "Node Maintenance Mode", "", reason.Length > 0 ? reason : DefaultNodeReason);
        return ChangeAll(projects =>
        {
            projects = projects.ContainsKey(DefaultProject) ? projects : projects.Add(DefaultProject, ProjectState.Empty);
            return projects.SetItems(projects.Select(p => KeyValuePair.Create(p.Key, SetMaintenance(p.Value, check, enable))));
        });
    }

    /// <summary>Removes the services of which a check has been critical for longer than they allow.</summary>
    /// <returns>The project and id of each.</returns>
    /// <exception cref="IOException">They stay for now.</exception>
    public IReadOnlyList<(string Project, string ServiceId)> Reap()
    {
        var doomed =
            (from project in Current.Projects
             from check in project.Value.Checks.Values
             where check.Definition is { ServiceId.Length: > 0, DeregisterCriticalServiceAfter.Ticks: > 0 }
             where check.CriticalSince is { } since && _time.GetElapsedTime(since) > check.Definition.EffectiveDeregistration
             select (project.Key, check.Definition.ServiceId)).Distinct().ToList();
        foreach (var (ns, id) in doomed)
        {
            Deregister(ns, id);
        }

        return doomed;
    }

    private const string TtlExpired = "TTL expired";

    private ProjectState SetMaintenance(ProjectState project, CheckDefinition check, bool enable)
    {
        var isThere = project.Checks.ContainsKey(check.Id);
        return enable == isThere ? project : enable ? WithCheck(project, check) : project with { Checks = project.Checks.Remove(check.Id) };
    }

    private static CheckDefinition Maintenance(string id, string name, string serviceId, string reason) =>
        new() { Id = id, Name = name, Notes = OutputLimit.Head(reason, CheckDefinition.DefaultOutputBytes), ServiceId = serviceId, Status = HealthStatus.Critical, IsMaintenance = true };

    private LocalCheck WithState(LocalCheck check, CheckResult result) => check.Status == result.Status && check.Output == result.Output
        ? check
        : check with
        {
            Status = result.Status,
            Output = result.Output,
            CriticalSince = result.Status != HealthStatus.Critical ? null : check.CriticalSince ?? _time.GetTimestamp(),
        };

    private void ChangeState(string ns, string checkId, Func<LocalCheck, LocalCheck> change)
    {
        lock (_gate)
        {
            if (!_current.Projects.TryGetValue(ns, out var project) || !project.Checks.TryGetValue(checkId, out var check))
            {
                return;
            }

            var next = change(check);
            if (ReferenceEquals(next, check))
            {
                return;
            }

            var projects = _current.Projects.SetItem(ns, project with { Checks = project.Checks.SetItem(checkId, next) });
            Volatile.Write(ref _current, new Snapshot(projects, _current.Version + 1));
        }

        Changed.Raise();
    }
}

using System.Collections.Immutable;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Registrations;

internal enum RegistrationOutcome
{
    Done,
    NoSuchService,
    NoSuchCheck,

    /// <summary>A status was said for a check that the agent finds out by itself.</summary>
    NotTtl,

    /// <summary>More services, checks, projects or bytes than a node may have.</summary>
    TooMany,
}

/// <summary>
/// What this machine offers, by project, with the last states of its checks. On disk before anybody sees it; states of
/// checks follow within a second (<see cref="CheckStateLoop"/>). Who must act on it compares with what it did before
/// (<see cref="Sync.NodeSession"/>, <see cref="ProbeSet"/>); nobody is sent events. Safe for concurrent use.
/// </summary>
internal sealed partial class RegistrationStore
{
    public const string DefaultProject = "default";
    public const int MaxProjects = 32;

    private readonly Lock _gate = new();
    private readonly RegistrationFile _file;
    private readonly TimeProvider _time;
    private Snapshot _current;

    /// <exception cref="System.Text.Json.JsonException">A file is not a document of ours.</exception>
    public RegistrationStore(IDurableFiles files, TimeProvider time)
    {
        _time = time;
        _file = new RegistrationFile(files);
        States = new CheckStateFile(files, time);
        _current = new Snapshot(_file.Read(States), 1);
    }

    public CheckStateFile States { get; }

    public Pulse Changed { get; } = new();

    public Snapshot Current => Volatile.Read(ref _current);

    /// <summary>The project's registrations; none where it has none.</summary>
    public ProjectState Project(string ns) => Current.Projects.GetValueOrDefault(ns, ProjectState.Empty);

    /// <summary>Registers or replaces a service. A check that was there under the same id keeps its state.</summary>
    /// <param name="replaceChecks">Checks of the service that are not given go; otherwise they stay.</param>
    /// <exception cref="IOException">Nothing changed.</exception>
    public RegistrationOutcome Register(string ns, LocalService service, IReadOnlyList<CheckDefinition> checks, bool replaceChecks) =>
        Change(ns, project =>
        {
            var id = service.Instance.ID;
            var kept = project.Services.GetValueOrDefault(id) is { } known && known.Owner == service.Owner
                && RegistrationFile.Same(known.Instance, service.Instance) ? known : service;
            var next = project with { Services = project.Services.SetItem(id, kept) };
            if (replaceChecks)
            {
                var given = checks.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
                next = next with
                {
                    Checks = next.Checks.RemoveRange(next.ChecksOf(id, withNode: false)
                        .Where(c => !c.Definition.IsMaintenance && !given.Contains(c.Definition.Id)).Select(c => c.Definition.Id)),
                };
            }

            return checks.Aggregate(next, WithCheck);
        });

    /// <summary>Removes a service with its checks.</summary>
    /// <exception cref="IOException">Nothing changed.</exception>
    public RegistrationOutcome Deregister(string ns, string serviceId) => Project(ns).Services.ContainsKey(serviceId)
        ? Change(ns, project => project.Without(serviceId))
        : RegistrationOutcome.NoSuchService;

    /// <exception cref="IOException">Nothing changed.</exception>
    public RegistrationOutcome RegisterCheck(string ns, CheckDefinition check) =>
        check.ServiceId.Length > 0 && !Project(ns).Services.ContainsKey(check.ServiceId)
            ? RegistrationOutcome.NoSuchService
            : Change(ns, project => WithCheck(project, check));

    /// <exception cref="IOException">Nothing changed.</exception>
    public RegistrationOutcome DeregisterCheck(string ns, string checkId) => Project(ns).Checks.ContainsKey(checkId)
        ? Change(ns, project => project with { Checks = project.Checks.Remove(checkId) })
        : RegistrationOutcome.NoSuchCheck;

    private ProjectState WithCheck(ProjectState project, CheckDefinition definition)
    {
        var now = _time.GetTimestamp();
        var known = project.Checks.GetValueOrDefault(definition.Id);
        if (known is not null && RegistrationFile.Same(known.Definition, definition))
        {
            return project;
        }

        var status = known is { Definition.IsMaintenance: false } ? known.Status
            : definition.Status.Length > 0 ? definition.Status : HealthStatus.Critical;
        var check = new LocalCheck(definition, status, known?.Output ?? (definition.IsMaintenance ? definition.Notes : ""))
        {
            CriticalSince = status != HealthStatus.Critical ? null : known?.CriticalSince ?? now,
            HeardAt = now,
        };
        return project with { Checks = project.Checks.SetItem(definition.Id, check) };
    }

    private RegistrationOutcome Change(string ns, Func<ProjectState, ProjectState> change) =>
        ChangeAll(projects =>
        {
            var project = projects.GetValueOrDefault(ns) ?? NewProject(projects);
            return projects.SetItem(ns, change(project));
        });

    private RegistrationOutcome ChangeAll(Func<ImmutableDictionary<string, ProjectState>, ImmutableDictionary<string, ProjectState>> change)
    {
        lock (_gate)
        {
            var next = change(_current.Projects);
            if (next.Count > MaxProjects || next.Values.Any(p => p.Services.Count > SyncProtocol.MaxServices || p.Checks.Count > SyncProtocol.MaxChecks))
            {
                return RegistrationOutcome.TooMany;
            }

            if (!Same(next, _current.Projects))
            {
                if (!_file.Write(next))
                {
                    return RegistrationOutcome.TooMany;
                }

                Volatile.Write(ref _current, new Snapshot(next, _current.Version + 1));
            }
        }

        Changed.Raise();
        return RegistrationOutcome.Done;
    }

    /// <summary>A machine that is in maintenance is so in every project.</summary>
    private static ProjectState NewProject(ImmutableDictionary<string, ProjectState> projects) =>
        projects.Values.Select(p => p.Checks.GetValueOrDefault(HealthStatus.NodeMaintenance)).FirstOrDefault(c => c is not null) is { } maintenance
            ? ProjectState.Empty with { Checks = ProjectState.Empty.Checks.Add(HealthStatus.NodeMaintenance, maintenance) }
            : ProjectState.Empty;

    private static bool Same(ImmutableDictionary<string, ProjectState> a, ImmutableDictionary<string, ProjectState> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var other) && p.Value.Services == other.Services && p.Value.Checks == other.Checks);

    /// <param name="Version">Rises with every change, of states of checks too.</param>
    internal sealed record Snapshot(ImmutableDictionary<string, ProjectState> Projects, long Version);
}

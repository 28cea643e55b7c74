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
            var next = WithService(project, service);
            return checks.Aggregate(replaceChecks ? WithOnly(next, service.Instance.ID, checks) : next, WithCheck);
        });

    /// <summary>
    /// Makes the services that allocations own exactly those given, but for those of <paramref name="undecided"/> owners,
    /// which stay as they are. What users registered is not touched.
    /// </summary>
    /// <exception cref="IOException">Nothing changed.</exception>
    public RegistrationOutcome Declare(IReadOnlyList<OwnedService> services, IReadOnlySet<string> undecided) => ChangeAll(projects =>
    {
        var wanted = services.ToLookup(s => s.Project, StringComparer.Ordinal);
        foreach (var ns in projects.Keys.Union(wanted.Select(w => w.Key)))
        {
            var next = projects.GetValueOrDefault(ns) ?? NewProject(projects);
            var given = wanted[ns].Select(s => s.Service.Instance.ID).ToHashSet(StringComparer.Ordinal);
            var gone = next.Services.Values.Where(s => s.Owner is { } owner && !undecided.Contains(owner) && !given.Contains(s.Instance.ID));
            next = gone.Aggregate(next, (project, service) => project.Without(service.Instance.ID));
            foreach (var (_, service, checks) in wanted[ns])
            {
                next = checks.Aggregate(WithOnly(WithService(next, service), service.Instance.ID, checks), WithCheck);
            }

            projects = projects.SetItem(ns, next);
        }

        return projects;
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

    private static ProjectState WithService(ProjectState project, LocalService service)
    {
        var isSame = project.Services.GetValueOrDefault(service.Instance.ID) is { } known && known.Owner == service.Owner
            && (ReferenceEquals(known.Instance, service.Instance) || RegistrationFile.Same(known.Instance, service.Instance));
        return isSame ? project : project with { Services = project.Services.SetItem(service.Instance.ID, service) };
    }

    private static ProjectState WithOnly(ProjectState project, string serviceId, IReadOnlyList<CheckDefinition> checks)
    {
        var given = checks.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var gone = project.ChecksOf(serviceId, withNode: false).Where(c => !c.Definition.IsMaintenance && !given.Contains(c.Definition.Id)).ToList();
        return gone.Count == 0 ? project : project with { Checks = project.Checks.RemoveRange(gone.Select(c => c.Definition.Id)) };
    }

    private ProjectState WithCheck(ProjectState project, CheckDefinition definition)
    {
        var now = _time.GetTimestamp();
        var known = project.Checks.GetValueOrDefault(definition.Id);
        if (known is not null && (ReferenceEquals(known.Definition, definition) || RegistrationFile.Same(known.Definition, definition)))
        {
            return project;
        }

        var status = known is { Definition.IsMaintenance: false } && definition.Refusal.Length == 0 ? known.Status
            : definition.Status.Length > 0 ? definition.Status : HealthStatus.Critical;
        var output = definition.IsMaintenance ? definition.Notes : definition.Refusal.Length > 0 ? definition.Refusal : known?.Output ?? "";
        var check = new LocalCheck(definition, status, output)
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

            if (Same(next, _current.Projects))
            {
                return RegistrationOutcome.Done;
            }

            if (!_file.Write(next))
            {
                return RegistrationOutcome.TooMany;
            }

            Volatile.Write(ref _current, new Snapshot(next, _current.Version + 1));
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

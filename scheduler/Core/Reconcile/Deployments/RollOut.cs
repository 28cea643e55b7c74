using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile.Deployments;

internal enum RollOutMode
{
    /// <summary>No deployment holds the group back: all at once.</summary>
    Free,

    /// <summary>Empty names are filled, and old allocations replaced a few at a time.</summary>
    Rolling,

    /// <summary>Canaries are placed; beside them the old version is kept up.</summary>
    Canarying,

    /// <summary>Paused or failed: what runs is kept up.</summary>
    Held,
}

/// <summary>
/// What the deployment allows the groups of a job in one look. A deployment given is gone on with even where nothing of
/// it was placed yet: its row is written before anything else.
/// </summary>
internal sealed class RollOut
{
    private readonly JobLook _look;

    /// <summary>As its row says; null: none of the present version.</summary>
    private readonly Deployment? _given;

    /// <summary>Whose canaries may still run without having been promoted.</summary>
    private readonly Deployment? _latest;

    private Deployment? _current;

    public RollOut(JobLook look, EvaluationRequest request)
    {
        (_look, _latest) = (look, request.Deployment);
        if (_latest is not null && _latest.JobVersion == look.Job.Version && _latest.State != DeploymentState.Cancelled)
        {
            _given = _latest;
            _current = _latest.IsActive ? DeploymentWatcher.Advance(look, request.Allocations, _latest) : _latest;
        }
        else if (_latest is { IsActive: true })
        {
            look.Result.SupersededDeployment = _latest with
            {
                State = DeploymentState.Cancelled,
                Description = DeploymentDescriptions.NewerVersion,
            };
        }
    }

    public bool HasFailed => _current?.State == DeploymentState.Failed;

    private bool IsRunning => _current?.State == DeploymentState.Running;

    public RollOutMode ModeOf(GroupSpec group)
    {
        if (group.Update is null || _current is null || _current.State == DeploymentState.Successful)
        {
            return RollOutMode.Free;
        }

        if (!IsRunning)
        {
            return RollOutMode.Held;
        }

        return GroupOf(group) switch
        {
            null => RollOutMode.Free,
            { IsCanarying: true } => RollOutMode.Canarying,
            _ => RollOutMode.Rolling,
        };
    }

    /// <summary>Whether what is placed for the group counts for the deployment.</summary>
    public bool Counts(GroupSpec group) => _current is { IsActive: true } && GroupOf(group) is not null;

    /// <summary>Whether it was placed by the deployment of the present version.</summary>
    public bool IsOf(AllocationState allocation) =>
        _given is not null && (ReferenceEquals(allocation.DeploymentId, _given.Id) || allocation.DeploymentId == _given.Id);

    public int CanariesOf(GroupSpec group) => IsRunning && GroupOf(group) is { IsCanarying: true } canarying ? canarying.DesiredCanaries : 0;

    /// <summary>A canary of the latest deployment that nobody has promoted: it has no name of its own.</summary>
    public bool IsUnpromotedCanary(AllocationState allocation)
    {
        if (!allocation.Canary || _latest is null || allocation.DeploymentId != _latest.Id)
        {
            return false;
        }

        var groups = (_given is null ? _latest : _current!).Groups;
        return groups.TryGetValue(allocation.Group, out var group) && group.IsCanarying;
    }

    /// <summary>Whether such canaries may go on to run.</summary>
    public bool KeepsCanaries => _given is not null && _current is { IsActive: true };

    /// <summary>
    /// Takes the group into the deployment of the present version, or makes one, where that is called for: the version is
    /// new to the group, or changes what runs of it.
    /// </summary>
    /// <param name="ranBefore">Something of the present version was placed before.</param>
    /// <param name="updates">Allocations that are updated in place or replaced.</param>
    /// <param name="replaced">Of these, allocations that are replaced.</param>
    public void Begin(GroupSpec group, bool ranBefore, int updates, int replaced)
    {
        if (_look.Job.Kind != JobKind.Service || group.Update is not { } update || group.Count == 0
            || (ranBefore && updates == 0) || _current is { State: not DeploymentState.Running } || GroupOf(group) is not null)
        {
            return;
        }

        var groups = new Dictionary<string, DeploymentGroup>(_current?.Groups ?? new Dictionary<string, DeploymentGroup>())
        {
            [group.Name] = new DeploymentGroup
            {
                DesiredTotal = group.Count,
                DesiredCanaries = replaced > 0 ? update.Canaries : 0,
                AutoRevert = update.AutoRevert,
                AutoPromote = update.AutoPromote && update.Canaries > 0 && replaced > 0,
                ProgressDeadline = update.ProgressDeadline,
            },
        };
        _current = (_current ?? new Deployment
        {
            Id = "",
            JobVersion = _look.Job.Version,
            State = DeploymentState.Running,
            Groups = groups,
        }) with
        { Groups = groups, Description = DeploymentDescriptions.OfRunning(groups) };
    }

    /// <summary>
    /// Something of the group is placed or updated for the deployment: its clock runs. Later on the watcher minds it.
    /// </summary>
    public void Started(GroupSpec group)
    {
        if (IsRunning && GroupOf(group) is { RequireProgressBy: null, Placed: 0 } started && DeploymentWatcher.HasDeadline(started))
        {
            _current = _current! with
            {
                Groups = new Dictionary<string, DeploymentGroup>(_current.Groups)
                {
                    [group.Name] = started with { RequireProgressBy = _look.Now + started.ProgressDeadline },
                },
            };
        }
    }

    /// <summary>Puts what has become of the deployment into the result.</summary>
    public void Report()
    {
        if (_current is null)
        {
            return;
        }

        if (!ReferenceEquals(_current, _given))
        {
            _look.Result.Deployment = _current;
        }

        _look.Result.Revert = DeploymentWatcher.Reverts(_current);
        if (IsRunning)
        {
            foreach (var group in _current.Groups.Values)
            {
                _look.WakeAt(group.RequireProgressBy);
            }
        }
    }

    private DeploymentGroup? GroupOf(GroupSpec group) => _current?.Groups.GetValueOrDefault(group.Name);
}

using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Deployments;
using Saas.Storage;

namespace Saas.Scheduler.Host.Evaluations;

/// <summary>
/// What follows when a round is committed: who waits for what, when to look again, what users are told, and what is
/// submitted or forgotten as a consequence. All of it is found again at the next look, should the process die here.
/// </summary>
internal sealed class EvaluationAftermath(CellId cell, CellEnvironment environment, CellNews news)
{
    private const int MaxNamed = 64;

    private readonly EvaluationLedger _ledger = new(cell, environment);
    private readonly DeploymentOutcomes _outcomes = new(cell, environment);
    private readonly JobRemoval _removal = new(cell, environment);

    /// <summary>Whose evaluations are being answered.</summary>
    private JobEntry[] _answering = [];

    public async Task RunAsync(CellState state, IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned, CancellationToken ct)
    {
        foreach (var (job, plan) in planned)
        {
            state.Dirty.Remove(job.Key);
            state.FollowUps.Set(job, plan.FollowUpAt);
            NoteWaiting(state, job, plan);
        }

        NotePreemptible(state, planned);
        foreach (var (job, plan) in planned)
        {
            NoteConsequences(state, job, plan);
        }

        // Of a flood, the answers are written while the next round is planned.
        await SettleAsync(ct);
        _ledger.Begin(planned, ct);
        JobEntry[] jobs = [.. planned.Select(static entry => entry.Job)];
        var isFlood = jobs.Length >= environment.Options.JobsPerRound;
        _answering = isFlood ? jobs : [];
        var isNews = !isFlood && await _ledger.SettleAsync();

        foreach (var (job, plan) in planned)
        {
            if (DeploymentOutcomes.AreDue(job, plan) || JobRemoval.IsDue(job))
            {
                // What follows is written where the answers are.
                await SettleAsync(ct);
            }

            if (await _outcomes.RunAsync(job, plan, ct))
            {
                await news.ReloadJobAsync(state, job.Key, ct);
            }

            await _removal.RunAsync(state, job, ct);
        }

        var changed = planned.Where(static entry => !entry.Plan.IsEmpty).Select(static entry => entry.Job).ToArray();
        if (isNews || changed.Length > 0)
        {
            await TellAsync(isNews ? jobs : changed, ct);
        }
    }

    /// <summary>Once a round: to those who wait in this process by job, unless those are many, and to all others by one mark.</summary>
    private async Task TellAsync(JobEntry[] jobs, CancellationToken ct)
    {
        const ChangeKinds Written = ChangeKinds.Job | ChangeKinds.Allocation | ChangeKinds.Evaluation | ChangeKinds.Deployment;
        string?[] keys = jobs.Length > MaxNamed ? [null] : [.. jobs.Select(static job => ChangeKeys.Job(job.Key.ProjectId, job.Key.JobId))];
        foreach (var key in keys)
        {
            ChangeStamps.Raise(environment.Signal, cell.Tenant.Value, Written, key);
        }

        await ChangeMarks.WriteAsync(environment.Scope.For(cell.Tenant), environment.Signal, Written, environment.Time.GetUtcNow(), ct);
    }

    /// <summary>All that is being written is written, known and told.</summary>
    /// <exception cref="StorageUnavailableException">What was written is unknown. Nothing is under way any more.</exception>
    public async Task SettleAsync(CancellationToken ct)
    {
        var jobs = _answering;
        _answering = [];
        if (await _ledger.SettleAsync())
        {
            await TellAsync(jobs, ct);
        }
    }

    /// <summary>As <see cref="SettleAsync(CancellationToken)"/>, if anything of one of these jobs is being written.</summary>
    public Task SettleAsync(IReadOnlySet<JobKey> jobs, CancellationToken ct) => _ledger.IsOnAnyOf(jobs) ? SettleAsync(ct) : Task.CompletedTask;

    /// <summary>Waits until nothing is under way any more, whatever becomes of it: the reign is over.</summary>
    public Task AbandonAsync() => _ledger.AbandonAsync();

    private static void NoteWaiting(CellState state, JobEntry job, EvaluationPlan plan)
    {
        if (job.Spec is not { } spec)
        {
            state.Blocked.Remove(job.Key.ToString());
            return;
        }

        if (plan.IsBlocked || state.Blocked.Contains(spec.Key))
        {
            state.Blocked.Set(spec, plan.Missing, plan.Metrics.Values.Any(static metrics => metrics is { Missing: > 0, QuotaExhausted.Count: > 0 }));
        }
    }

    /// <summary>Where something was placed or updated there is more that a higher priority may push away.</summary>
    private static void NotePreemptible(CellState state, IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned)
    {
        if (state.Blocked.Preempting.Count > 0)
        {
            foreach (var (_, plan) in planned)
            {
                state.Roomier.UnionWith(plan.Placed.Select(static placement => placement.NodeId));
                state.Roomier.UnionWith(plan.Reconciled.InPlace.Select(static item => item.Allocation.NodeId));
            }
        }
    }

    private static void NoteConsequences(CellState state, JobEntry job, EvaluationPlan plan)
    {
        // Whoever had to give way is looked at for another place.
        foreach (var preemption in plan.Preempted)
        {
            state.Dirty.Add(CellState.KeyOf(preemption.Victim));
        }

        // What was placed for a deployment is counted in its row at the next look.
        if (plan.Reconciled.ChangesDeployments || plan.Placed.Any(static placement => placement.Item.InDeployment))
        {
            state.Dirty.Add(job.Key);
        }

        // System jobs leave a draining node when all others have.
        foreach (var gone in plan.Reconciled.Drop.Concat(plan.Reconciled.Lost))
        {
            var nodeId = gone.Allocation.NodeId;
            if (!gone.Allocation.IsPerNode && state.Cluster.Find(nodeId) is { Drain: not null } && state.Cluster.HasOnlySystem(nodeId))
            {
                state.MarkDirtyOn(nodeId);
            }
        }

        // What left its document gave back of the project's quota, too.
        if (plan.Reconciled.Drop.Count + plan.Reconciled.Lost.Count > 0)
        {
            foreach (var waiting in state.Blocked.WakeForQuota(job.Key.ProjectId))
            {
                state.Dirty.Add(JobKey.Parse(waiting));
            }
        }
    }
}

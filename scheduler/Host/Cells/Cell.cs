using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Scheduler.Core;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Commit;
using Saas.Scheduler.Host.Evaluations;
using Saas.Scheduler.Host.Nodes;
using Saas.Storage;
using Saas.Storage.Leases;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// One leader's reign over a cell: load everything, then, round by round, take note of what changed, plan, commit. It
/// may be killed between any two lines, because everything it decides follows from rows, and each step makes durable
/// what the next one relies on:
/// <list type="number">
/// <item>a silent node is marked down, before its allocations count as lost;</item>
/// <item>an allocation's end is in its record, before it leaves its node's document;</item>
/// <item>documents are committed, each whole, before anybody is told of them;</item>
/// <item>evaluations are answered, and only then the messages that asked are completed.</item>
/// </list>
/// An exception ends the reign: the memory is dropped, and the next reign begins from the store. Not safe for
/// concurrent use.
/// </summary>
internal sealed partial class Cell
{
    private readonly CellId _id;
    private readonly CellEnvironment _environment;
    private readonly ILogger _logger;
    private readonly CellLoader _loader;
    private readonly HeartbeatSweep _sweep;
    private readonly AllocationHistory _history;
    private readonly PlanCommitter _committer;
    private readonly EvaluationLedger _ledger;
    private readonly JobRemoval _removal;
    private readonly HistoryPruning _pruning;
    private CellState _state;
    private long _sweptAt;
    private long _syncedAt;

    private Cell(CellId id, CellEnvironment environment, FencedCell fenced, CellState state)
    {
        (_id, _environment, _state) = (id, environment, state);
        _logger = environment.Loggers.CreateLogger<Cell>();
        _loader = new CellLoader(id, environment);
        _sweep = new HeartbeatSweep(id, environment);
        _history = new AllocationHistory(id, environment);
        _committer = new PlanCommitter(environment, fenced);
        _ledger = new EvaluationLedger(id, environment);
        _removal = new JobRemoval(id, environment);
        _pruning = new HistoryPruning(id, environment);
        _syncedAt = environment.Time.GetTimestamp();
        _sweptAt = _syncedAt;
    }

    /// <summary>Begins a reign and does what is to be done already. Null: a newer leader has the cell.</summary>
    /// <exception cref="DeposedException">A newer leader took the cell meanwhile.</exception>
    public static async Task<Cell?> OpenAsync(CellId id, long epoch, CellEnvironment environment, CancellationToken ct)
    {
        var fenced = new FencedCell(environment.Scope.For(id.Tenant), id.Region, epoch, environment.Time);

        // The claim comes first: what is read after it, no older leader changes any more.
        if (!await fenced.ClaimAsync(ct))
        {
            return null;
        }

        var state = await new CellLoader(id, environment).LoadAsync(documents: null, ct);
        var cell = new Cell(id, environment, fenced, state);
        Log.Opened(cell._logger, id, epoch, state.Nodes.Count, state.Jobs.Count);
        await cell._sweep.RunAsync(state, ct);
        state.MarkAllDirty();
        await cell.EvaluateAsync(ct);
        return cell;
    }

    /// <summary>How long nothing is to be done, if no message comes.</summary>
    public TimeSpan UntilNextDue()
    {
        var (time, options) = (_environment.Time, _environment.Options);
        var due = options.SweepEvery - time.GetElapsedTime(_sweptAt);
        due = Earlier(due, options.ResyncEvery - time.GetElapsedTime(_syncedAt));
        foreach (var job in _state.Jobs.Values)
        {
            due = job.FollowUpAt is { } at ? Earlier(due, at - time.GetUtcNow()) : due;
        }

        return due > TimeSpan.Zero ? due : TimeSpan.Zero;
    }

    /// <summary>One round. When it returns, everything the messages asked for is committed.</summary>
    /// <param name="messages">Of this cell; repeated ones cost nothing.</param>
    /// <exception cref="DeposedException">A newer leader took the cell.</exception>
    /// <exception cref="StorageUnavailableException">What was committed is unknown; the reign is over.</exception>
    public async Task WorkAsync(IReadOnlyCollection<InboxMessage> messages, CancellationToken ct)
    {
        var isNodeNews = false;
        foreach (var message in messages.Distinct())
        {
            isNodeNews |= message.Kind == InboxKinds.Node;
            await NoteAsync(message, ct);
        }

        var time = _environment.Time;
        if (time.GetElapsedTime(_syncedAt) >= _environment.Options.ResyncEvery)
        {
            await ResyncAsync(ct);
        }

        if (isNodeNews || time.GetElapsedTime(_sweptAt) >= _environment.Options.SweepEvery)
        {
            _sweptAt = time.GetTimestamp();
            await _sweep.RunAsync(_state, ct);
        }

        foreach (var job in _state.Jobs.Values)
        {
            if (job.FollowUpAt <= time.GetUtcNow())
            {
                _state.Dirty.Add(job.Key);
            }
        }

        await EvaluateAsync(ct);
    }

    private async Task NoteAsync(InboxMessage message, CancellationToken ct)
    {
        switch (message.Kind)
        {
            case InboxKinds.Job when message.ProjectId is { } projectId:
                var key = new JobKey(projectId, message.Id);
                await _loader.ReloadJobAsync(_state, key, ct);
                _state.Dirty.Add(key);
                break;

            case InboxKinds.Node:
                await _loader.ReloadNodeAsync(_state, message.Id, ct);
                _state.MarkDirtyOn(message.Id);
                _state.MarkBlockedDirty();
                break;

            case InboxKinds.Allocation:
                if (await _loader.ReloadAllocationAsync(_state, message.Id, ct) is { } changed)
                {
                    _state.Dirty.Add(changed.Job);
                    if (changed.FreesRoom)
                    {
                        _state.MarkBlockedDirty();
                    }
                }

                break;

            default:
                Log.UnknownMessage(_logger, message.Kind);
                break;
        }
    }

    /// <summary>Everything anew but the documents, which nobody else writes. What a lost message told is found here.</summary>
    private async Task ResyncAsync(CancellationToken ct)
    {
        _syncedAt = _environment.Time.GetTimestamp();
        _state = await _loader.LoadAsync([.. _state.Documents.Values], ct);
        _state.MarkAllDirty();
        await _pruning.RunAsync(_state, ct);
    }

    private async Task EvaluateAsync(CancellationToken ct)
    {
        for (var attempt = 1; _state.Dirty.Count > 0; attempt++)
        {
            var round = EvaluationRound.Of(_state, _environment.Time);
            var plan = PlacementPipeline.Plan(_state.Snapshot(), round.Requests, _environment.Time.GetUtcNow());
            var planned = round.Jobs.Zip(plan.Evaluations, static (entry, evaluation) => (entry.Job, evaluation)).ToArray();
            switch (await CommitAsync(planned, ct))
            {
                case FencedOutcome.Done:
                    await FinishAsync(planned, ct);
                    return;

                case FencedOutcome.Deposed:
                    throw new DeposedException(_id);

                case FencedOutcome.Conflict when attempt < _environment.Options.MaxCommitAttempts:
                    Log.Conflict(_logger, _id, attempt);
                    _state = await _loader.LoadAsync(documents: null, ct);
                    _state.MarkAllDirty();
                    break;

                default:
                    throw new StorageUnavailableException($"Cell {_id} could not commit in {attempt} attempts.");
            }
        }
    }

    private async Task<FencedOutcome> CommitAsync((JobEntry Job, EvaluationPlan Plan)[] planned, CancellationToken ct)
    {
        if (!await _history.RecordAsync(_state, planned, ct))
        {
            return FencedOutcome.Conflict;
        }

        var drafts = new DocumentDrafts(_state, _environment.Time);
        foreach (var (job, evaluation) in planned)
        {
            drafts.Add(job, evaluation);
        }

        return await _committer.CommitAsync(_state, drafts.All, ct);
    }

    private async Task FinishAsync((JobEntry Job, EvaluationPlan Plan)[] planned, CancellationToken ct)
    {
        _state.Dirty.Clear();
        foreach (var (job, evaluation) in planned)
        {
            (job.IsBlocked, job.FollowUpAt) = (evaluation.Blocked.Count > 0, evaluation.FollowUpAt);
        }

        await _ledger.WriteAsync(planned, ct);
        foreach (var (job, _) in planned)
        {
            await _removal.RunAsync(_state, job, ct);
        }

        if (planned.Any(static entry => !entry.Plan.IsEmpty))
        {
            _environment.Signal.Raise(ClusterTopics.Tenant(_id.Tenant.Value));
        }
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Leading cell {Cell} in epoch {Epoch}: {Nodes} nodes, {Jobs} jobs.")]
        public static partial void Opened(ILogger logger, CellId cell, long epoch, int nodes, int jobs);

        [LoggerMessage(2, LogLevel.Warning, "A plan of cell {Cell} met rows that were not as believed (attempt {Attempt}); planning again.")]
        public static partial void Conflict(ILogger logger, CellId cell, int attempt);

        [LoggerMessage(3, LogLevel.Warning, "A message of the unknown kind {Kind} was left out.")]
        public static partial void UnknownMessage(ILogger logger, string kind);
    }
}

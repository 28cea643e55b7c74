using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Scheduler.Core;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Waiting;
using Saas.Scheduler.Host.Commit;
using Saas.Scheduler.Host.Deployments;
using Saas.Scheduler.Host.Evaluations;
using Saas.Scheduler.Host.Nodes;
using Saas.Scheduler.Host.Periodic;
using Saas.Scheduler.Host.Trials;
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
/// <item>a deployment is in its row, before a document names it;</item>
/// <item>documents are committed, each whole, before anybody is told of them;</item>
/// <item>evaluations are answered, and only then the messages that asked are completed.</item>
/// </list>
/// An exception ends the reign: the memory is dropped, and the next reign begins from the store. Not safe for
/// concurrent use.
/// </summary>
internal sealed partial class Cell
{
    /// <summary>Of so many, heartbeats are read one by one rather than all there are.</summary>
    private const int FewNodes = 16;

    private readonly CellId _id;
    private readonly CellEnvironment _environment;
    private readonly FencedCell _fenced;
    private readonly ILogger _logger;
    private readonly CellSettings _settings;
    private readonly CellNews _news;
    private readonly HeartbeatSweep _sweep;
    private readonly DrainWatch _drains;
    private readonly AllocationHistory _history;
    private readonly DeploymentLedger _deployments;
    private readonly PlanCommitter _committer;
    private readonly EvaluationAftermath _aftermath;
    private readonly PeriodicLauncher _launcher;
    private readonly HistoryPruning _pruning;
    private readonly JobTrials _trials;
    private CellState _state = new();
    private long _sweptAt;
    private long _syncedAt;

    private Cell(CellId id, CellEnvironment environment, FencedCell fenced)
    {
        (_id, _environment, _fenced) = (id, environment, fenced);
        _logger = environment.Loggers.CreateLogger<Cell>();
        _settings = new CellSettings(id, environment);
        _history = new AllocationHistory(id, environment);
        _deployments = new DeploymentLedger(id, environment);
        _news = new CellNews(id, environment, _deployments);
        _sweep = new HeartbeatSweep(id, environment);
        _drains = new DrainWatch(id, environment);
        _committer = new PlanCommitter(environment, fenced);
        _aftermath = new EvaluationAftermath(id, environment, _news);
        _launcher = new PeriodicLauncher(id, environment, _news);
        _pruning = new HistoryPruning(id, environment);
        _trials = new JobTrials(id, environment);
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

        var cell = new Cell(id, environment, fenced);
        await cell.LoadAsync(ct);
        Log.Opened(cell._logger, id, epoch, cell._state.Nodes.Count, cell._state.Jobs.Count);
        await cell.WorkAsync([], isFirst: true, ct);
        return cell;
    }

    /// <summary>How long nothing is to be done, if no message comes.</summary>
    public TimeSpan UntilNextDue()
    {
        var (time, options) = (_environment.Time, _environment.Options);
        var due = options.SweepEvery - time.GetElapsedTime(_sweptAt);
        due = Earlier(due, options.ResyncEvery - time.GetElapsedTime(_syncedAt));
        due = _state.FollowUps.Next is { } at ? Earlier(due, at - time.GetUtcNow()) : due;
        due = _launcher.NextDue is { } launch ? Earlier(due, launch - time.GetUtcNow()) : due;
        return due > TimeSpan.Zero ? due : TimeSpan.Zero;
    }

    /// <summary>One round. When it returns, everything the messages asked for is committed.</summary>
    /// <param name="messages">Of this cell; repeated ones cost nothing.</param>
    /// <exception cref="DeposedException">A newer leader took the cell.</exception>
    /// <exception cref="StorageUnavailableException">What was committed is unknown; the reign is over.</exception>
    public Task WorkAsync(IReadOnlyCollection<InboxMessage> messages, CancellationToken ct) => WorkAsync(messages, isFirst: false, ct);

    private async Task WorkAsync(IReadOnlyCollection<InboxMessage> messages, bool isFirst, CancellationToken ct)
    {
        var (time, options) = (_environment.Time, _environment.Options);
        var (nodeNews, isSettingsNews) = (new HashSet<string>(), false);
        foreach (var message in messages.Distinct())
        {
            isSettingsNews |= message.Kind == InboxKinds.Settings;
            if (message.Kind == InboxKinds.Node)
            {
                nodeNews.Add(message.Id);
            }

            if (message.Kind == InboxKinds.Plan)
            {
                _trials.Note(message.Id);
                continue;
            }

            await _news.NoteAsync(_state, message, ct);
        }

        if (time.GetElapsedTime(_syncedAt) >= options.ResyncEvery)
        {
            _syncedAt = time.GetTimestamp();
            await _news.ResyncAsync(_state, ct);
            await _pruning.RunAsync(_state, _fenced, ct);
            isSettingsNews = true;
        }

        if (isSettingsNews)
        {
            _state.MarkHelpedDirty(await _settings.LoadAsync(_state, ct));
        }

        if (isFirst || nodeNews.Count > FewNodes || time.GetElapsedTime(_sweptAt) >= options.SweepEvery)
        {
            _sweptAt = time.GetTimestamp();
            await _sweep.RunAsync(_state, _history, ct);
        }
        else
        {
            await _sweep.RunAsync(_state, _history, nodeNews, ct);
        }

        if (_state.HasNodeNews)
        {
            // Once for all of them: thousands may come together.
            _state.MarkWaitingForNodesDirty();
        }

        _state.Dirty.UnionWith(_state.FollowUps.TakeDue(time.GetUtcNow()));
        _launcher.Note(_state);
        await EvaluateAsync(ct);

        // Only after the look at all that changed is it known which children still run.
        await _launcher.RunAsync(_state, ct);
        await EvaluateAsync(ct);
        await _drains.RunAsync(_state, ct);
        await _trials.RunAsync(_state, ct);
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        _state = await new CellLoader(_id, _environment).LoadAsync(_fenced, ct);
        await _settings.LoadAsync(_state, ct);
        _state.MarkAllDirty();
        _launcher.LookAtAll();
    }

    /// <summary>Until nobody is dirty, and nobody waits for room that there is.</summary>
    private async Task EvaluateAsync(CancellationToken ct)
    {
        var tried = new TriedJobs();
        try
        {
            while (_state.Dirty.Count > 0 || _state.WakeWaiting(tried))
            {
                await _aftermath.SettleAsync(_state.Dirty, ct);
                await EvaluateRoundAsync(tried, ct);
            }

            await _aftermath.SettleAsync(ct);
        }
        catch
        {
            await _aftermath.AbandonAsync();
            throw;
        }
    }

    private async Task EvaluateRoundAsync(TriedJobs tried, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var round = EvaluationRound.Of(_state, _environment);
            foreach (var (job, _) in round.Jobs)
            {
                tried.Add(job.Key.ToString());
                await _news.LoadOlderAsync(_state, job, ct);
            }

            var plan = PlacementPipeline.Plan(_state.Cluster, round.Requests(), _environment.Time.GetUtcNow());
            var planned = round.Jobs.Zip(plan.Evaluations, static (entry, evaluation) => (entry.Job, evaluation)).ToArray();
            switch (await CommitAsync(planned, ct))
            {
                case FencedOutcome.Done:
                    if (planned.Any(static entry => entry.evaluation.Reconciled.Drop.Count + entry.evaluation.Reconciled.Lost.Count > 0))
                    {
                        // There is room that only those of this round have seen: who was tried before may have it.
                        tried.KeepOnly(round.Jobs.Select(static entry => entry.Job.Key.ToString()));
                    }

                    await _aftermath.RunAsync(_state, planned, ct);
                    if (planned.Any(static entry => entry.evaluation.Placed.Count + entry.evaluation.Reconciled.InPlace.Count > 0))
                    {
                        // Room that lower priorities have taken since may be had by who may push them away.
                        tried.Forget(_state.Blocked.Preempting);
                    }

                    return;

                case FencedOutcome.Deposed:
                    throw new DeposedException(_id);

                case FencedOutcome.Conflict when attempt < _environment.Options.MaxCommitAttempts:
                    Log.Conflict(_logger, _id, attempt);
                    await _aftermath.SettleAsync(ct);
                    await LoadAsync(ct);
                    break;

                default:
                    throw new StorageUnavailableException($"Cell {_id} could not commit in {attempt} attempts.");
            }
        }
    }

    private async Task<FencedOutcome> CommitAsync((JobEntry Job, EvaluationPlan Plan)[] planned, CancellationToken ct)
    {
        if (!await _history.RecordAsync(_state, planned, ct) || !await _deployments.WriteAsync(planned, ct))
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

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Leading cell {Cell} in epoch {Epoch}: {Nodes} nodes, {Jobs} jobs.")]
        public static partial void Opened(ILogger logger, CellId cell, long epoch, int nodes, int jobs);

        [LoggerMessage(2, LogLevel.Warning, "A plan of cell {Cell} met rows that were not as believed (attempt {Attempt}); planning again.")]
        public static partial void Conflict(ILogger logger, CellId cell, int attempt);
    }
}

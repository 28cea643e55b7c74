using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Trials;
using Saas.Scheduler.Core;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Deployments;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Trials;

/// <summary>
/// Plans jobs that are not submitted, for those who want to know what would become of them: with the same pipeline, on the
/// cell as it is once all that was submitted is done, and without committing anything.
/// </summary>
internal sealed partial class JobTrials(CellId cell, CellEnvironment environment)
{
    /// <summary>Of those that nobody waits for any more: forgotten in one go.</summary>
    private const int MaxForgotten = 100;

    private readonly ILogger _logger = environment.Loggers.CreateLogger<JobTrials>();
    private readonly TablePartition _rows = environment.Scope.For(cell.Tenant).PlanTrialsOf(cell.Region);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public void Note(string trialId) => _asked.Add(trialId);

    public async Task RunAsync(CellState state, CancellationToken ct)
    {
        if (_asked.Count == 0)
        {
            return;
        }

        foreach (var id in _asked.ToArray())
        {
            _asked.Remove(id);
            if (await _rows.GetAsync(id, ClusterJson.Default.PlanTrial, ct) is { Value.Result: null } row)
            {
                var answered = row.Value with { Result = Plan(state, row.Value) };
                await _rows.WriteAsync(TableWrite.Replace(row.Row, TablePartition.Bytes(answered, ClusterJson.Default.PlanTrial), row.ETag), ct);
            }
        }

        environment.Signal.Raise(ClusterTopics.Tenant(cell.Tenant.Value));
        await ForgetAsync(ct);
    }

    private PlanTrialResult Plan(CellState state, PlanTrial trial)
    {
        try
        {
            // Not in the cell's catalog of groups: the version may never be submitted, or be another one when it is.
            var spec = JobMapping.ToSpec(trial.Record, new GroupCatalog()) with { IsTemplate = false };
            var job = state.Jobs.GetValueOrDefault(JobMapping.KeyOf(trial.Record));
            var isNewVersion = job?.Row?.Value.Version != trial.Record.Version;
            var request = new EvaluationRequest(
                trial.Id, spec.Key, spec, [.. job?.Allocations.Values ?? Enumerable.Empty<AllocationState>()],
                job?.Deployment is { } deployment ? DeploymentMapping.ToCore(deployment.Value) : null,
                isNewVersion ? job?.Spec : job?.Older);
            var plan = PlacementPipeline.Plan(state.Cluster, [request], environment.Time.GetUtcNow());
            return TrialResults.Of(spec, plan.Evaluations[0]);
        }
        catch (InvalidDataException error)
        {
            Log.Unplannable(_logger, cell, trial.Id, error);
            return new PlanTrialResult
            {
                Groups = new Dictionary<string, PlannedUpdates>(),
                FailedPlacements = new Dictionary<string, PlacementFailure>(),
                Preempted = [],
                Error = error.Message,
            };
        }
    }

    private async Task ForgetAsync(CancellationToken ct)
    {
        var page = await _rows.QueryAsync(RowRange.All, MaxForgotten, null, ct);
        foreach (var row in page.Rows)
        {
            var trial = TablePartition.Read(row, ClusterJson.Default.PlanTrial).Value;
            if (environment.Time.GetUtcNow() - trial.AskedAt > PlanTrial.Lifetime)
            {
                await _rows.WriteAsync(TableWrite.Delete(row.Row), ct);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Cell {Cell}: trial {Trial} cannot be planned.")]
        public static partial void Unplannable(ILogger logger, CellId cell, string trial, Exception exception);
    }
}

using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Periodic;
using Saas.Cluster.Trials;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs.Diffs;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs.Planning;

internal sealed class PlanJobHandler(TrialAsker trials, AllocationReader allocations, Authorizer authorizer, TimeProvider time)
{
    /// <summary>Of allocations that would have to make room; there may be as many as the cell has.</summary>
    private const int MaxPreempted = 100;

    public async Task<JobOutcome<PlanJobResponse>> HandleAsync(
        TenantScope tenant, Principal caller, ProjectRecord project, Job job, bool withDiff, CancellationToken ct)
    {
        var before = await JobRows.FindAsync(tenant, project.Id, job.ID!, ct);
        var draft = await JobDrafts.DraftAsync(tenant, project.Id, job, before, ct);
        if (!draft.IsDone)
        {
            return draft.Error;
        }

        var result = await trials.AskAsync(tenant, draft.Value, ct);
        if (result.Error is { } error)
        {
            return JobError.Refused(StatusCodes.Status400BadRequest, error);
        }

        return new PlanJobResponse
        {
            Annotations = new PlanAnnotations(
                result.Groups.ToDictionary(static group => group.Key, static group => DesiredUpdates.Of(group.Value)),
                await PreemptedAsync(tenant, caller, result.Preempted, ct)),
            FailedTGAllocs = result.FailedPlacements.Count == 0
                ? null
                : result.FailedPlacements.ToDictionary(static group => group.Key, static group => AllocMetricBody.Of(group.Value)),
            JobModifyIndex = before?.JobModifyIndex ?? 0,
            CreatedEvals = CreatedOf(draft.Value, project, result),
            Diff = withDiff ? DiffOf(before, draft.Value, project, result) : null,
            NextPeriodicLaunch = NextLaunchOf(draft.Value.Job),
            Index = before?.JobModifyIndex ?? 0,
        };
    }

    /// <summary>The one that would wait for what cannot be placed. Null: nothing would.</summary>
    private EvaluationBody[]? CreatedOf(JobRecord draft, ProjectRecord project, PlanTrialResult result) => result.FailedPlacements.Count == 0 ? null :
    [
        EvaluationChain.BlockedOf(
            new EvaluationRecord
            {
                Id = EntityId.New("eval", time),
                ProjectId = project.Id,
                JobId = draft.Job.ID!,
                JobType = draft.Job.Type!,
                Priority = draft.Job.Priority!.Value,
                TriggeredBy = EvaluationTriggers.JobRegister,
                Status = EvaluationStatus.Blocked,
                JobModifyIndex = draft.JobModifyIndex,
                CreatedAt = time.GetUtcNow(),
                ModifiedAt = time.GetUtcNow(),
                FailedPlacements = result.FailedPlacements,
            },
            project.Name),
    ];

    private static JobDiff DiffOf(JobRecord? before, JobRecord draft, ProjectRecord project, PlanTrialResult result)
    {
        var (old, now) = (before is null ? null : before.Job with { Namespace = project.Name }, draft.Job with { Namespace = project.Name });
        return PlanAnnotator.Annotate(JobDiffs.Of(old, now), old, now, result.Groups);
    }

    private DateTime NextLaunchOf(Job job) =>
        job.Periodic is { Enabled: not false } periodic && PeriodicSchedule.TryCreate(periodic, out var schedule, out _)
            && schedule.Next(time.GetUtcNow()) is { } next
            ? next.UtcDateTime
            : GoTime.Zero;

    /// <summary>They are other people's: the caller is told of those it may list.</summary>
    private async Task<IReadOnlyList<AllocationStubBody>?> PreemptedAsync(
        TenantScope tenant, Principal caller, IReadOnlyList<string> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return null;
        }

        var views = new List<AllocationView>();
        foreach (var id in ids.Take(MaxPreempted))
        {
            if (await allocations.FindAsync(tenant, id, ct) is { } view)
            {
                views.Add(view);
            }
        }

        var projects = (await tenant.ProjectsAsync(ct))
            .Where(project => authorizer.Decide(caller, "allocations:list", ResourceNames.Project(project.Id)).IsAllowed).ToArray();
        return await new AllocationShape(WithTasks: false, WithResources: false).StubsAsync(tenant, views, projects, ct);
    }
}

using System.Text.Json;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs.Scaling;

/// <summary>Nomad's scale status: by group what is wanted, what runs, and how it was scaled.</summary>
internal static class ReadScale
{
    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}/scale", "/v1/jobs/{jobId}/scale"])
        {
            routes.MapRead(pattern, ProjectRequests.OnJob("jobs:read"), ProvisioningJson.Default.JobScaleStatus, BindAsync)
                .Summary("What is wanted and what runs of each group, and its last events of scaling.");
        }
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct) =>
        JobQuestions.AskAsync(request, ChangeKinds.Allocation, ProvisioningJson.Default.JobScaleStatus, ReadAsync, ct);

    private static async Task<JobScaleStatus> ReadAsync(JobSubject subject, CancellationToken ct)
    {
        var job = await subject.FindAsync(ct);
        var live = (await subject.Allocations.OfJobAsync(subject.Tenant, job, ct))
            .Where(static view => !view.Canary && !ClientStatus.IsTerminal(view.ClientStatus) && view.DesiredStatus == DesiredStatus.Run)
            .ToLookup(static view => view.Group, StringComparer.Ordinal);
        var groups = new Dictionary<string, TaskGroupScaleStatus>(StringComparer.Ordinal);
        foreach (var group in job.Job.TaskGroups!)
        {
            var (name, views) = (group.Name!, live[group.Name!]);
            var known = await ScaleJobHandler.EventsAsync(subject.Tenant.JobsOf(subject.Project.Id), subject.JobId, name, ct);
            groups[name] = new TaskGroupScaleStatus(
                group.Count ?? 0,
                views.Count(),
                views.Count(static view => view.ClientStatus == ClientStatus.Running),
                views.Count(static view => view.Healthy is true),
                views.Count(static view => view.Healthy is false),
                known.Events.Count == 0 ? null : [.. known.Events.Select(ScalingEventBody.Of)]);
        }

        return new JobScaleStatus(subject.JobId, subject.Project.Name, job.CreateIndex, job.ModifyIndex, job.Job.Stop is true, groups);
    }
}

/// <summary>Nomad's JobScaleStatus.</summary>
internal sealed record JobScaleStatus(
    string JobID, string Namespace, long JobCreateIndex, long JobModifyIndex, bool JobStopped, IReadOnlyDictionary<string, TaskGroupScaleStatus> TaskGroups);

/// <summary>Nomad's TaskGroupScaleStatus. Canaries are not counted.</summary>
internal sealed record TaskGroupScaleStatus(
    int Desired, int Placed, int Running, int Healthy, int Unhealthy, IReadOnlyList<ScalingEventBody>? Events);

/// <summary>Nomad's ScalingEvent.</summary>
/// <param name="Time">Nanoseconds since 1970.</param>
internal sealed record ScalingEventBody(
    long Time, int? Count, int PreviousCount, string Message, bool Error, IReadOnlyDictionary<string, JsonElement>? Meta, string? EvalID, long CreateIndex)
{
    public static ScalingEventBody Of(ScalingEvent scaled) => new(
        scaled.At.ToUnixNanoseconds(), scaled.Count, scaled.PreviousCount, scaled.Message, scaled.Error, scaled.Meta, scaled.EvaluationId, scaled.CreateIndex);
}

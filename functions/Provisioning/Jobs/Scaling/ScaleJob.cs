using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs.Scaling;

/// <summary>Nomad's scale: sets the count of one group, or notes an event of scaling without one.</summary>
internal static class ScaleJob
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            foreach (var pattern in (string[])["/v1/job/{jobId}/scale", "/v1/jobs/{jobId}/scale"])
            {
                routes.Map(method, pattern, ProjectRequests.OnJob("jobs:scale"), HandleAsync)
                    .Summary("Sets the count of a group, or notes why it stays.")
                    .Accepts(ProvisioningJson.Strict.ScaleJobRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.RegisterJobResponse)
                    .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
            }
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.ScaleJobRequest, null, ct);
        await request.RegionAsync(ct);
        var project = await request.ProjectAsync(ct);
        if (body.FaultFor(request.JobId(), project) is { } fault)
        {
            throw new ProblemException(NomadErrors.BadRequest(fault.Field, fault.Message));
        }

        var outcome = await request.Service<ScaleJobHandler>().HandleAsync(request.Tenant, project.Id, request.JobId(), body, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, RegisterJobResponse.Of(outcome.Value), ProvisioningJson.Default.RegisterJobResponse, outcome.Value.Record.ModifyIndex)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's ScalingRequest.</summary>
internal sealed record ScaleJobRequest : WriteRequestBody
{
    private const int MaxMessageLength = 1024;
    private const int MaxMetaBytes = 4096;

    /// <summary>Null: the count stays, and only the event is noted.</summary>
    public long? Count { get; init; }

    /// <summary><c>Group</c>, and what else says which: <c>Job</c>, <c>Namespace</c>, if at all as in the path.</summary>
    public IReadOnlyDictionary<string, string>? Target { get; init; }

    /// <summary>For people; at most 1024 characters.</summary>
    public string? Message { get; init; }

    /// <summary>The message tells of a fault; there is no count then.</summary>
    public bool Error { get; init; }

    /// <summary>Any JSON; at most 4 KiB.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Meta { get; init; }

    /// <summary>Without effect: there are no policies to override.</summary>
    public bool PolicyOverride { get; init; }

    /// <summary>Scales only if the job is at this index; 0: whatever it is at.</summary>
    public long JobModifyIndex { get; init; }

    public string Group => Target?.GetValueOrDefault("Group") ?? "";

    /// <summary>Null: none.</summary>
    public FieldError? FaultFor(string jobId, Identity.Projects.ProjectRecord project)
    {
        var (job, space) = (Target?.GetValueOrDefault("Job") ?? "", Target?.GetValueOrDefault("Namespace") ?? "");
        var metaBytes = Meta?.Sum(static pair => pair.Key.Length + (pair.Value.ValueKind == JsonValueKind.Undefined ? 0 : pair.Value.GetRawText().Length)) ?? 0;
        return job.Length > 0 && job != jobId ? new FieldError("Target.Job", "job ID in payload did not match URL")
            : space.Length > 0 && space != project.Id && space != project.Name ? new FieldError("Target.Namespace", "namespace in payload did not match header")
            : Group.Length == 0 ? new FieldError("Target.Group", "missing task group name for scaling action")
            : Count < 0 ? new FieldError("Count", "scaling action count can't be negative")
            : Count is not null && Error ? new FieldError("Count", "scaling action should not contain count if error is true")
            : Count > int.MaxValue ? new FieldError("Count", $"new scaling count is too large for TaskGroup.Count (int): {Count}")
            : Message?.Length > MaxMessageLength ? new FieldError("Message", $"Message has at most {MaxMessageLength} characters; {Message.Length} came")
            : metaBytes > MaxMetaBytes ? new FieldError("Meta", $"Meta has at most {MaxMetaBytes} bytes; {metaBytes} came")
            : null;
    }
}

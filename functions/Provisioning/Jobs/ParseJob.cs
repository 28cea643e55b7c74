using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Hcl;
using Saas.Provisioning.Jobs.Defaults;
using Saas.Provisioning.Jobspec;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs;

/// <summary>A job file in HCL as the job that it describes. Nothing is kept, and the job is not checked: that is registration's.</summary>
internal static class ParseJob
{
    private const string DefaultNamespace = "default";
    private const string DefaultRegion = "global";

    /// <summary>A file and its variables at their limits, escaped in JSON.</summary>
    private const int MaxBodyBytes = 4 * HclLimits.TextBytes;

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, "/v1/jobs/parse", ProjectRequests.OnProject("jobs:parse"), HandleAsync)
                .Summary("The job that a job file in HCL describes.")
                .Accepts(ProvisioningJson.Strict.ParseJobRequest)
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.Job)
                .MaxBodyBytes(MaxBodyBytes);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.ParseJobRequest, null, ct);
        if (string.IsNullOrEmpty(body.JobHCL))
        {
            throw new ProblemException(NomadErrors.BadRequest("JobHCL", "Job spec is empty"));
        }

        if (body.HCLv1 is true || body.OldHCLv1 is true)
        {
            throw new ProblemException(NomadErrors.BadRequest("HCLv1", "HCL version 1 is not supported; write the job file in HCL2."));
        }

        var result = JobFile.Read(body.JobHCL, body.Variables);
        if (result.Job is not { } job)
        {
            throw new ProblemException(NomadErrors.BadRequest("JobHCL", $"Failed to parse job: {string.Join('\n', result.Faults)}"));
        }

        return Results.Json(body.Canonicalize is true ? Canonical(job) : job, ProvisioningJson.Default.Job);
    }

    /// <summary>With the defaults filled in. What they know nothing of is kept: registration tells of it, and nothing is dropped on the way there.</summary>
    public static Job Canonical(Job job)
    {
        var complete = JobDefaults.Complete(job, job.Namespace ?? DefaultNamespace, job.Region ?? DefaultRegion);
        var result = JsonSerializer.SerializeToNode(complete, ProvisioningJson.Default.Job)!;
        Keep(JsonSerializer.SerializeToNode(job, ProvisioningJson.Default.Job)!, result);
        return result.Deserialize(ProvisioningJson.Default.Job)!;
    }

    /// <summary>Copies what <paramref name="target"/> has not. Lists are compared item by item where they are as long as before.</summary>
    private static void Keep(JsonNode source, JsonNode target)
    {
        switch (source, target)
        {
            case (JsonObject from, JsonObject to):
                foreach (var (name, value) in from)
                {
                    if (value is not null && to[name] is { } there)
                    {
                        Keep(value, there);
                    }
                    else if (value is not null)
                    {
                        to[name] = value.DeepClone();
                    }
                }

                break;
            case (JsonArray from, JsonArray to) when from.Count == to.Count:
                for (var i = 0; i < from.Count; i++)
                {
                    if (from[i] is { } item && to[i] is { } there)
                    {
                        Keep(item, there);
                    }
                }

                break;
        }
    }
}

/// <summary>Nomad's JobsParseRequest.</summary>
internal sealed record ParseJobRequest
{
    /// <summary>The file; at most 1 MiB.</summary>
    public string? JobHCL { get; init; }

    /// <summary>Values of the file's variables, in HCL: <c>name = value</c> on a line; at most 1 MiB.</summary>
    public string? Variables { get; init; }

    /// <summary>Whether defaults are filled in.</summary>
    public bool? Canonicalize { get; init; }

    /// <summary>Of older clients, and refused when true.</summary>
    public bool? HCLv1 { get; init; }

    /// <summary>As <see cref="HCLv1"/>, as Nomad's Go client wrote it.</summary>
    [JsonPropertyName("hclv1")]
    public bool? OldHCLv1 { get; init; }
}

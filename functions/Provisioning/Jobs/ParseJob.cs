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
    /// <summary>Older names of what is in Disconnect then.</summary>
    private static readonly string[] OldNames = ["MaxClientDisconnect", "StopAfterClientDisconnect", "PreventRescheduleOnLost"];

    private const string DefaultNamespace = "default";
    private const string DefaultRegion = "global";

    /// <summary>A file and its variables at their limits, escaped in JSON.</summary>
    private const int MaxBodyBytes = 4 * HclLimits.TextBytes;

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, "/v1/jobs/parse", ProjectRequests.OnProject("jobs:parse").Or(ProjectRequests.OnAnyJob("jobs:submit")), HandleAsync)
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

        var result = await request.Service<ParseJobHandler>().HandleAsync(body.JobHCL, body.Variables, ct);
        if (result.Job is not { } job)
        {
            throw new ProblemException(NomadErrors.BadRequest("JobHCL", $"Failed to parse job: {string.Join('\n', result.Faults)}"));
        }

        return Results.Json(body.Canonicalize is true ? Canonical(job) : job, ProvisioningJson.Default.Job);
    }

    /// <summary>With the defaults filled in. What is written stays, also what registration refuses: it tells of it there.</summary>
    public static Job Canonical(Job job)
    {
        var complete = JobDefaults.Complete(job, job.Namespace ?? DefaultNamespace, job.Region ?? DefaultRegion);
        var result = JsonSerializer.SerializeToNode(complete, ProvisioningJson.Default.Job)!;
        Keep(JsonSerializer.SerializeToNode(job, ProvisioningJson.Default.Job)!.AsObject(), result.AsObject());
        return result.Deserialize(ProvisioningJson.Default.Job)!;
    }

    private static void Keep(JsonObject written, JsonObject result)
    {
        foreach (var (name, value) in written)
        {
            if (value is not null && !(OldNames.Contains(name) && result["Disconnect"] is not null))
            {
                result[name] = Kept(value, result[name]);
            }
        }
    }

    /// <summary>Lists are gone through item by item where the defaults have as many. Nothing (a blank text, 0, an empty list) has its default.</summary>
    private static JsonNode? Kept(JsonNode written, JsonNode? result)
    {
        switch (written, result)
        {
            case (JsonObject from, JsonObject to):
                Keep(from, to);
                return to.DeepClone();
            case (JsonArray from, JsonArray to) when from.Count == to.Count:
                return new JsonArray([.. from.Zip(to, static (one, other) => one is null ? other?.DeepClone() : Kept(one, other))]);
            case (JsonArray, not null):
                return result.DeepClone();
            default:
                return result is not null && written.ToJsonString() is "\"\"" or "0" ? result?.DeepClone() : written.DeepClone();
        }
    }
}

/// <summary>
/// Reading a file is work alone, up to seconds of it where somebody means harm: few are read at a time, so that the instance has time
/// for everything else.
/// </summary>
internal sealed class ParseJobHandler : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task<JobFileResult> HandleAsync(string file, string? variables, CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try
        {
            return await Task.Run(() => JobFile.Read(file, variables), ct);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
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

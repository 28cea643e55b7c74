using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs.Versions;

/// <summary>What versions of jobs were made from: kept as it came, shown to whoever may read the job.</summary>
internal static class JobSubmissions
{
    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}/submission", "/v1/jobs/{jobId}/submission"])
        {
            routes.MapRead(pattern, ProjectRequests.OnJob("jobs:read"), ProvisioningJson.Default.JobSubmissionBody, BindAsync)
                .Summary("What a version of the job was made from.");
        }
    }

    /// <summary>Null: there is nothing to keep, or too much.</summary>
    public static JobSubmission? ToStored(JobSubmissionBody? body) => body is null || SizeOf(body) is 0 or > JobSubmission.MaxBytes ? null : new()
    {
        Source = body.Source ?? "",
        Format = body.Format ?? "",
        VariableFlags = body.VariableFlags,
        Variables = body.Variables ?? "",
    };

    public static string? WarningOf(JobSubmissionBody? body) => body is not null && SizeOf(body) is > JobSubmission.MaxBytes and var size
        ? string.Create(CultureInfo.InvariantCulture, $"job source size of {size} bytes exceeds maximum of {JobSubmission.MaxBytes} bytes and will be discarded")
        : null;

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        if (!long.TryParse(request.Query("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw new ProblemException(NomadErrors.BadRequest("version", "Unable to parse job submission version parameter"));
        }

        return await JobQuestions.AskAsync(
            request, ChangeKinds.Job, ProvisioningJson.Default.JobSubmissionBody,
            async (subject, token) => await FindAsync(subject, version, token) ?? throw new ProblemException(NotFound), ct);
    }

    private static async Task<JobSubmissionBody?> FindAsync(JobSubject subject, long version, CancellationToken ct)
    {
        var rows = subject.Tenant.JobsOf(subject.Project.Id);
        if (await JobVersions.FindAsync(rows, subject.JobId, version, ct) is not { HasSubmission: true }
            || await rows.GetAsync(JobSubmission.Row(subject.JobId, version), ClusterJson.Default.JobSubmission, ct) is not { Value: var stored })
        {
            return null;
        }

        return new JobSubmissionBody
        {
            Source = stored.Source,
            Format = stored.Format,
            VariableFlags = stored.VariableFlags,
            Variables = stored.Variables,
            Namespace = subject.Project.Name,
            JobID = subject.JobId,
            Version = version,
            JobModifyIndex = stored.JobModifyIndex,
        };
    }

    private static Problem NotFound =>
        Problem.NotFound("job submission") with { Peer = new PeerError(StatusCodes.Status404NotFound, "job source not found") };

    private static int SizeOf(JobSubmissionBody body) => (body.VariableFlags ?? new Dictionary<string, string>())
        .SelectMany(static pair => (string?[])[pair.Key, pair.Value])
        .Concat([body.Source, body.Format, body.Variables])
        .Sum(static text => Encoding.UTF8.GetByteCount(text ?? ""));
}

/// <summary>Nomad's JobSubmission. Clients send the first four.</summary>
internal sealed record JobSubmissionBody
{
    public string? Source { get; init; }
    public string? Format { get; init; }
    public IReadOnlyDictionary<string, string>? VariableFlags { get; init; }
    public string? Variables { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Namespace { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JobID { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Version { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? JobModifyIndex { get; init; }
}

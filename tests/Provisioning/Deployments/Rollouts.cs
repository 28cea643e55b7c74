using Saas.Cluster;
using Saas.Contracts;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Deployments;

/// <summary>A job with a deployment, as the scheduler writes it.</summary>
internal sealed class Rollouts(Customer customer)
{
    public async Task<DeploymentRecord> BeginAsync(
        string jobId = "web", Func<DeploymentGroup, DeploymentGroup>? group = null, Func<DeploymentRecord, DeploymentRecord>? change = null)
    {
        await customer.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(jobId));
        var job = (await customer.Scope.JobsOf(customer.ProjectId).GetAsync(ClusterTables.JobRow(jobId), ClusterJson.Default.JobRecord, default))!.Value;
        var now = customer.Host.Time.GetUtcNow();
        var main = new DeploymentGroup
        {
            DesiredTotal = 2,
            ProgressDeadline = TimeSpan.FromMinutes(10),
            RequireProgressBy = now.AddMinutes(10),
        };
        var record = new DeploymentRecord
        {
            Id = EntityId.New("dep", customer.Host.Time),
            ProjectId = customer.ProjectId,
            Region = "eu",
            JobId = jobId,
            JobVersion = job.Version,
            JobModifyIndex = job.JobModifyIndex,
            JobCreateIndex = job.CreateIndex,
            Status = DeploymentStatus.Running,
            StatusDescription = "Deployment is running",
            Groups = new Dictionary<string, DeploymentGroup> { ["main"] = group?.Invoke(main) ?? main },
            CreatedAt = now,
            ModifiedAt = now,
        };
        record = change?.Invoke(record) ?? record;
        await customer.Scope.JobsOf(customer.ProjectId).WriteAsync(
            TableWrite.Insert(ClusterTables.DeploymentRow(record.Id), TablePartition.Bytes(record, ClusterJson.Default.DeploymentRecord)), default);
        await customer.Host.TakeInboxAsync();
        return record;
    }

    public async Task<DeploymentRecord> ReadAsync(string id) =>
        (await customer.Scope.JobsOf(customer.ProjectId).GetAsync(ClusterTables.DeploymentRow(id), ClusterJson.Default.DeploymentRecord, default))!.Value;

    public async Task<JobRecord> JobAsync(string jobId = "web") =>
        (await customer.Scope.JobsOf(customer.ProjectId).GetAsync(ClusterTables.JobRow(jobId), ClusterJson.Default.JobRecord, default))!.Value;

    public async Task<EvaluationRecord> EvaluationAsync(string id) =>
        (await customer.Scope.JobsOf(customer.ProjectId).GetAsync(ClusterTables.EvaluationRow(id), ClusterJson.Default.EvaluationRecord, default))!.Value;

    public Task<Answer> SendAsync(string operation, string id, string? members = null) => customer.Peer.SendAsync(
        "PUT", $"/v1/deployment/{operation}/{id}", $$"""{"DeploymentID":"{{id}}"{{(members is null ? "" : "," + members)}}}""");
}

using Saas.Cluster.Jobs;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Cluster.Tests.Jobs;

public sealed class JobLedgerTests
{
    private const string ProjectId = "prj_00000000000000000000000001";

    private readonly FakeTimeProvider _time = new();
    private readonly TenantScope _tenant;
    private readonly JobLedger _ledger;

    public JobLedgerTests()
    {
        _tenant = new TenantScopes(new InMemoryTableStore()).For(TenantId.New(_time));
        _ledger = new JobLedger(_time);
    }

    [Fact]
    public async Task Change_EvaluationBeforeNotAnswered_IsCancelled()
    {
        var first = await SubmitAsync();
        var second = await SubmitAsync();
        Assert.Equal(EvaluationStatus.Cancelled, (await EvaluationAsync(first)).Value.Status);
        Assert.Equal(EvaluationStatus.Pending, (await EvaluationAsync(second)).Value.Status);
    }

    [Theory]
    [InlineData(EvaluationStatus.Blocked)]
    [InlineData(EvaluationStatus.Complete)]
    public async Task Change_EvaluationBeforeAnswered_StaysAsItIs(string status)
    {
        var first = await SubmitAsync();
        var row = await EvaluationAsync(first);
        var answered = TablePartition.Bytes(row.Value with { Status = status }, ClusterJson.Default.EvaluationRecord);
        await _tenant.JobsOf(ProjectId).WriteAsync(TableWrite.Replace(row.Row, answered, row.ETag), CancellationToken.None);
        await SubmitAsync();
        Assert.Equal(status, (await EvaluationAsync(first)).Value.Status);
    }

    private async Task<string> SubmitAsync()
    {
        var record = JobRecords.Of(new Job { ID = "web", Type = JobTypes.Service }) with { ProjectId = ProjectId, EvaluationId = null };
        var committed = await _ledger.ChangeAsync(
            _tenant, ProjectId, "web",
            (present, _) => ValueTask.FromResult<PlannedJob?>(
                new PlannedJob(record with { Version = present is null ? 0 : present.Version + 1 }, EvaluationTriggers.JobRegister, 50)),
            CancellationToken.None);
        return committed!.Evaluation!.Id;
    }

    private async Task<Document<EvaluationRecord>> EvaluationAsync(string id) => (await _tenant.JobsOf(ProjectId).GetAsync(
        ClusterTables.EvaluationRow(id), ClusterJson.Default.EvaluationRecord, CancellationToken.None))!;
}

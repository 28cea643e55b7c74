using Saas.Contracts.Jobs;

namespace Saas.Cluster.Tests;

internal static class JobRecords
{
    /// <summary>The row of a job that was accepted long ago and changed since.</summary>
    public static JobRecord Of(Job job) => new()
    {
        ProjectId = "project",
        Region = "region",
        Job = job,
        Version = 7,
        CreateIndex = 10,
        ModifyIndex = 30,
        JobModifyIndex = 20,
        SubmittedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        EvaluationId = "evaluation",
        Stable = true,
    };
}

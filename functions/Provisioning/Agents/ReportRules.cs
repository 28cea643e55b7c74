using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Hosting.Problems;
using Saas.Provisioning.Jobs.Validation;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>What a status report may say; sizes keep a record well within a row.</summary>
internal static class ReportRules
{
    public const int MaxOutputTailLength = 4096;

    private const int MaxEvents = 10;
    private const int MaxDescriptionLength = 1024;
    private const int MaxMessageLength = 1024;
    private const int MaxIdLength = 64;

    /// <summary>Of all texts of a report. Escaped in JSON a character takes up to six bytes.</summary>
    private const int MaxTextLength = 128 * 1024;

    private const int EscapedBytes = 6;
    private const int BytesBesideText = 4096;

    public static IEnumerable<FieldError> FaultsOf(AllocationReports reports)
    {
        if (reports.Allocations.Count > AgentProtocol.MaxReportItems)
        {
            yield return new FieldError("allocations", $"At most {AgentProtocol.MaxReportItems} in one request; {reports.Allocations.Count} came.");
            yield break;
        }

        for (var i = 0; i < reports.Allocations.Count; i++)
        {
            if (reports.Allocations[i] is not { } report || FaultOf(report) is not { } fault)
            {
                continue;
            }

            yield return fault with { Field = $"allocations[{i}].{fault.Field}" };
        }

        if (reports.Allocations.Any(report => report is null))
        {
            yield return new FieldError("allocations", "A report is an object; null came.");
        }
        else if (reports.Allocations.DistinctBy(report => report.Id).Count() != reports.Allocations.Count)
        {
            yield return new FieldError("allocations", "An allocation is reported once in a request.");
        }
    }

    /// <summary>Reports in lots that fit into one batch of the store each, whatever they say.</summary>
    public static IEnumerable<IReadOnlyList<AllocationReport>> Batches(IReadOnlyList<AllocationReport> reports)
    {
        var (batch, bytes) = (new List<AllocationReport>(), 0);
        foreach (var report in reports)
        {
            var size = (EscapedBytes * TextLengthOf(report)) + BytesBesideText;
            if (batch.Count == TableLimits.MaxBatchRows || (batch.Count > 0 && bytes + size > TableLimits.MaxBatchBytes))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(report);
            bytes += size;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static int TextLengthOf(AllocationReport report) =>
        report.ClientDescription.Length + report.Tasks.Sum(task =>
            task.Key.Length + (task.Value.OutputTail?.Length ?? 0) + task.Value.Events.Sum(e => e.Type.Length + e.Message.Length + 20));

    private static FieldError? FaultOf(AllocationReport report)
    {
        if (report.ClientStatus is not (ClientStatus.Pending or ClientStatus.Running or ClientStatus.Complete or ClientStatus.Failed))
        {
            return new FieldError("clientStatus", $"Expected pending, running, complete or failed; {Quote.Of(report.ClientStatus)} came.");
        }

        if (report.Revision < 0)
        {
            return new FieldError("revision", $"Expected 0 or more; {report.Revision} came.");
        }

        if (report.ClientDescription is null || report.ClientDescription.Length > MaxDescriptionLength)
        {
            return new FieldError("clientDescription", $"At most {MaxDescriptionLength} characters.");
        }

        if (report.DeploymentId is { Length: 0 or > MaxIdLength } deployment)
        {
            return new FieldError("deploymentId", $"Expected null or 1 to {MaxIdLength} characters; {deployment.Length} came.");
        }

        return report.Tasks.Count > JobLimits.MaxTasks || report.Tasks.Any(task => task.Key.Length is 0 or > 64 || !IsGood(task.Value))
            ? new FieldError(
                "tasks", $"At most {JobLimits.MaxTasks} tasks, pending, running or dead, with at most {MaxEvents} events and {MaxOutputTailLength} characters of output.")
            : TextLengthOf(report) > MaxTextLength ? new FieldError("tasks", $"At most {MaxTextLength} characters in one report.") : null;
    }

    private static bool IsGood(TaskReport? task) =>
        task is { State: "pending" or "running" or "dead", Restarts: >= 0, Events.Count: <= MaxEvents }
        && (task.OutputTail is null || task.OutputTail.Length <= MaxOutputTailLength)
        && task.Events.All(e => e is { Type.Length: > 0 and <= 64, Message.Length: <= MaxMessageLength });
}

using Saas.Cluster;
using Saas.Contracts;

namespace Saas.Provisioning.Evaluations;

/// <summary>
/// How Nomad says that something waits: the evaluation is complete, and names another one, which is blocked. Its clients wait for
/// an evaluation to become complete, for ever if it is blocked itself. Here one row is gone on with until nothing waits: the
/// blocked one is a second look at it, under an id that is made of the row's.
/// </summary>
internal static class EvaluationChain
{
    private const string BlockedPrefix = "blocked";

    /// <summary>The row's evaluation, and the blocked one where it waits or has waited.</summary>
    public static IReadOnlyList<EvaluationBody> BodiesOf(EvaluationRecord record, string projectName)
    {
        var body = EvaluationBody.Of(record, projectName);
        return HasWaited(record)
            ?
            [
                body with { Status = EvaluationStatus.Complete, StatusDescription = "", BlockedEval = BlockedId(record.Id) },
                BlockedOf(record, projectName),
            ]
            : [body];
    }

    /// <summary>It waits, or has done what it waited for.</summary>
    public static EvaluationBody BlockedOf(EvaluationRecord record, string projectName) => EvaluationBody.Of(record, projectName) with
    {
        ID = BlockedId(record.Id),
        TriggeredBy = EvaluationTriggers.QueuedAllocations,
        PreviousEval = record.Id,
    };

    public static IEnumerable<string> IdsOf(EvaluationRecord record) => HasWaited(record) ? [record.Id, BlockedId(record.Id)] : [record.Id];

    /// <summary>Of the row that an evaluation is a look at.</summary>
    public static string RowId(string id) => EntityId.IsValid(BlockedPrefix, id) ? $"eval_{EntityId.Body(id)}" : id;

    // Not one that begins as the row's: who gives the begin of an id would find two.
    private static string BlockedId(string rowId) => $"{BlockedPrefix}_{EntityId.Body(rowId)}";

    private static bool HasWaited(EvaluationRecord record) => record.HasWaited || record.Status == EvaluationStatus.Blocked;
}

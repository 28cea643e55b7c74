using Saas.Cluster;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Evaluations;

/// <summary>What is to be written of one evaluation.</summary>
/// <param name="replaced">ETag of what it replaces; null: it is a new one.</param>
internal sealed class EvaluationAnswer(JobEntry job, EvaluationRecord record, string? replaced)
{
    private TableWrite? _write;

    public JobEntry Job => job;

    public EvaluationRecord Record => record;

    public string Row { get; } = ClusterTables.EvaluationRow(record.Id);

    /// <summary>Put into words where it is first asked for.</summary>
    public TableWrite Write => _write ??= WriteOf(TablePartition.Bytes(record, ClusterJson.Default.EvaluationRecord));

    /// <summary>Null: it was not written.</summary>
    public string? ETag { get; set; }

    private TableWrite WriteOf(ReadOnlyMemory<byte> bytes) =>
        replaced is null ? TableWrite.Insert(Row, bytes) : TableWrite.Replace(Row, bytes, replaced);
}

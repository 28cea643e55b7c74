namespace Saas.Storage.Tables;

/// <summary>What every adapter refuses before it sends anything, so that all refuse the same.</summary>
internal static class TableRules
{
    /// <exception cref="ArgumentException">A key that cannot be stored.</exception>
    public static void CheckPartition(string table, string partition)
    {
        TableKeys.CheckTable(table);
        TableKeys.Check(partition, nameof(partition));
    }

    /// <exception cref="ArgumentException">A key, a missing ETag or a value that cannot be stored.</exception>
    public static void CheckWrite(in TableWrite write)
    {
        TableKeys.Check(write.Row, nameof(write));
        if (write.Value.Length > TableLimits.MaxValueBytes)
        {
            throw new ArgumentException(
                $"A value has at most {TableLimits.MaxValueBytes} bytes; this has {write.Value.Length}.", nameof(write));
        }

        if (write.Kind == TableWriteKind.Replace && string.IsNullOrEmpty(write.ETag))
        {
            throw new ArgumentException("A replace names the ETag it replaces.", nameof(write));
        }
    }

    /// <exception cref="ArgumentException">Too few, too many or too large writes, or a row named twice.</exception>
    public static void CheckBatch(IReadOnlyList<TableWrite> writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        if (writes.Count is < 1 or > TableLimits.MaxBatchRows)
        {
            throw new ArgumentException(
                $"A batch has 1 to {TableLimits.MaxBatchRows} writes; this has {writes.Count}.", nameof(writes));
        }

        var bytes = 0;
        var rows = new HashSet<string>(writes.Count, StringComparer.Ordinal);
        foreach (var write in writes)
        {
            CheckWrite(write);
            bytes += write.Value.Length;
            if (!rows.Add(write.Row))
            {
                throw new ArgumentException("A batch names every row once.", nameof(writes));
            }
        }

        if (bytes > TableLimits.MaxBatchBytes)
        {
            throw new ArgumentException(
                $"The values of a batch have at most {TableLimits.MaxBatchBytes} bytes together; these have {bytes}.", nameof(writes));
        }
    }

    public static void CheckTake(int take)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, TableLimits.MaxPageRows);
    }
}

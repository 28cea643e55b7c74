namespace Saas.Benchmarks.Storage;

/// <summary>The rows both contenders hold: documents of half a kilobyte, as most of ours are.</summary>
internal static class Rows
{
    public const string Table = "bench";
    public const string Partition = "ten_01234567890123456789012345|prj";
    public const int Count = 10_000;
    public const int MaxWorkers = 16;

    public static readonly byte[] Value = [.. Enumerable.Range(0, 512).Select(static i => (byte)i)];

    private static readonly string[] Keys = [.. Enumerable.Range(0, Count).Select(static i => $"job|{i:d8}")];

    public static string Key(int index) => Keys[index];

    /// <summary>Walks all rows in an order that no cache foresees; each worker from a place of its own.</summary>
    public static string Next(ref int at)
    {
        // 7919 is prime and no divisor of Count: every row comes before one comes again.
        at = (at + 7919) % Count;
        return Keys[at];
    }

    /// <summary>The row that only this worker writes.</summary>
    public static string OwnedBy(int worker) => Keys[worker];
}

using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// Carries out a batch whose items take long, as with RSA, on all processors: each takes ranges of items and writes them
/// to a buffer of its own, and the buffers are put together in order. For quick items that costs more than it gains: the
/// processors are then busy with other requests.
/// </summary>
internal static class ParallelItems
{
    private const int RangeItems = 8;

    public static bool IsWorthwhile(ItemVerb verb, OperationInput input) =>
        verb.IsExpensive && input.Count > RangeItems && Environment.ProcessorCount > 1;

    /// <returns>How many items were carried out.</returns>
    public static async Task<int> RunAsync(ItemVerb verb, OperationInput input, PooledBuffer output, CancellationToken ct)
    {
        var ranges = (input.Count + RangeItems - 1) / RangeItems;
        var buffers = new PooledBuffer?[ranges];
        try
        {
            var succeeded = 0;
            await Parallel.ForAsync(0, ranges, ct, (range, stop) =>
            {
                using var scratch = new Scratch();
                var buffer = buffers[range] = new PooledBuffer();
                var done = 0;
                for (var i = range * RangeItems; i < Math.Min((range + 1) * RangeItems, input.Count); i++)
                {
                    stop.ThrowIfCancellationRequested();
                    done += ItemRun.WriteItem(verb, input, i, buffer, scratch);
                }

                Interlocked.Add(ref succeeded, done);
                return ValueTask.CompletedTask;
            });
            foreach (var buffer in buffers)
            {
                output.Write(buffer!.WrittenSpan);
            }

            return succeeded;
        }
        finally
        {
            foreach (var buffer in buffers)
            {
                buffer?.Dispose();
            }
        }
    }
}

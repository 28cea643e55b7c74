using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Saas.Scheduler.Host.Cells;

/// <summary>Rows read, and put into objects on every core, while the caller takes over those before.</summary>
internal static class ReadAhead
{
    /// <summary>Rows put into objects at one go.</summary>
    private const int Items = 128;

    /// <summary>Gos that may be under way or wait to be taken.</summary>
    private const int Steps = 16;

    /// <summary>In the order of the source. What it or <paramref name="convert"/> throws is thrown here, when it is its turn.</summary>
    /// <param name="convert">Called by several threads at once.</param>
    public static async IAsyncEnumerable<TResult> Ahead<TSource, TResult>(
        this IAsyncEnumerable<TSource> source, Func<TSource, TResult> convert, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var channel = Channel.CreateBounded<Task<TResult[]>>(new BoundedChannelOptions(Steps) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => ReadAsync(source, convert, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var items in channel.Reader.ReadAllAsync(ct))
            {
                foreach (var item in await items)
                {
                    yield return item;
                }
            }
        }
        finally
        {
            // Who leaves early leaves nobody reading behind.
            await stop.CancelAsync();
            await reading;
        }
    }

    private static async Task ReadAsync<TSource, TResult>(
        IAsyncEnumerable<TSource> source, Func<TSource, TResult> convert, ChannelWriter<Task<TResult[]>> writer, CancellationToken ct)
    {
        try
        {
            var items = new List<TSource>(Items);
            await foreach (var item in source.WithCancellation(ct))
            {
                items.Add(item);
                if (items.Count == Items)
                {
                    await writer.WriteAsync(ConvertAsync(items, convert), ct);
                    items = new List<TSource>(Items);
                }
            }

            await writer.WriteAsync(ConvertAsync(items, convert), ct);
            writer.Complete();
        }
        catch (Exception error)
        {
            // It belongs to whoever takes the items.
            writer.Complete(error);
        }
    }

    private static Task<TResult[]> ConvertAsync<TSource, TResult>(List<TSource> items, Func<TSource, TResult> convert) =>
        Task.Run(() => items.Select(convert).ToArray());
}

using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Tests;

public sealed class ReadAheadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(10_000)]
    public async Task AllComeInTheirOrder(int count) =>
        Assert.Equal(Enumerable.Range(0, count).Select(static i => $"{i}"), await ListAsync(NumbersAsync(count).Ahead(static i => $"{i}", Ct)));

    [Fact]
    public async Task WhatTheSourceThrowsIsThrown() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ListAsync(NumbersAsync(1000, failsAt: 500).Ahead(static i => i, Ct)));

    [Fact]
    public async Task WhatConvertThrowsIsThrown() => await Assert.ThrowsAsync<InvalidDataException>(
        () => ListAsync(NumbersAsync(10_000).Ahead(static i => i == 300 ? throw new InvalidDataException() : i, Ct)));

    [Fact]
    public async Task WhoLeavesEarlyLeavesNobodyReading()
    {
        var source = new Counting();
        await foreach (var item in source.ReadAsync(Ct).Ahead(static i => i, Ct))
        {
            if (item == 3)
            {
                break;
            }
        }

        Assert.True(source.HasEnded);
    }

    private static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    private static async IAsyncEnumerable<int> NumbersAsync(int count, int failsAt = -1)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 99)
            {
                await Task.Yield();
            }

            yield return i == failsAt ? throw new InvalidDataException() : i;
        }
    }

    /// <summary>Never ends by itself.</summary>
    private sealed class Counting
    {
        public bool HasEnded { get; private set; }

        public async IAsyncEnumerable<int> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    ct.ThrowIfCancellationRequested();
                    await Task.Yield();
                    yield return i;
                }
            }
            finally
            {
                HasEnded = true;
            }
        }
    }
}

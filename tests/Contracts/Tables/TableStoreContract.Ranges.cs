using Saas.Storage.Tables;

namespace Saas.Contracts.Tests.Tables;

public abstract partial class TableStoreContract
{
    [Fact]
    public async Task RowsComeInTheOrdinalOrderOfTheirKeys()
    {
        string[] keys = ["b", "a", "B", "a-", "a.", "a", "a|z", "a0", "!x", "~", "a=", "aa", "_"];
        await InsertManyAsync(keys.Distinct());
        Assert.Equal(keys.Distinct().Order(StringComparer.Ordinal), (await ReadAsync(RowRange.All, take: 4)).ConvertAll(row => row.Row));
    }

    public static TheoryData<string?, string?, int> Ranges => new()
    {
        { null, null, 10 }, { "row3", null, 7 }, { null, "row3", 3 }, { "row3", "row5", 2 }, { "row3", "row3", 0 },
        { "row5", "row3", 0 }, { "row25", "row35", 1 }, { "z", null, 0 }, { null, "a", 0 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public async Task ARangeHoldsItsFirstKeyAndNotItsLast(string? from, string? to, int count)
    {
        await InsertManyAsync(Enumerable.Range(0, 10).Select(i => $"row{i}"));
        Assert.Equal(count, (await ReadAsync(new RowRange(from, to), take: 3)).Count);
    }

    [Fact]
    public async Task APrefixHoldsExactlyTheKeysThatBeginWithIt()
    {
        await InsertManyAsync(["job", "job!", "job|", "job|a", "job|~", "job}", "jobs|a", "jo", "zz~", "zz~~", "zz"]);
        Assert.Equal(["job|", "job|a", "job|~"], (await ReadAsync(RowRange.Prefix("job|"), take: 2)).ConvertAll(row => row.Row));
        Assert.Equal(["zz~", "zz~~"], (await ReadAsync(RowRange.Prefix("zz~"))).ConvertAll(row => row.Row));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(21)]
    public async Task PagesOfAnySizeGiveEveryRowOnce(int take)
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"row{i:d2}").ToArray();
        await InsertManyAsync(keys);
        Assert.Equal(keys, (await ReadAsync(RowRange.All, take)).ConvertAll(row => row.Row));
        Assert.Equal(keys, (await ScanAsync(take)).ConvertAll(row => row.Row));
    }

    [Fact]
    public async Task MoreRowsThanAPageHoldsAreContinued()
    {
        var keys = Enumerable.Range(0, TableLimits.MaxPageRows + 100).Select(i => $"row{i:d5}").ToArray();
        await InsertManyAsync(keys);
        Assert.Equal(keys, (await ReadAsync(RowRange.All)).ConvertAll(row => row.Row));
    }

    [Fact]
    public async Task LargeRowsAreContinued()
    {
        for (var i = 0; i < 12; i++)
        {
            await WriteAsync(TableWrite.Insert($"row{i:d2}", Noise(TableLimits.MaxValueBytes)));
        }

        Assert.Equal(12L * TableLimits.MaxValueBytes, (await ReadAsync(RowRange.All)).Sum(row => (long)row.Value.Length));
        Assert.Equal(12, (await ScanAsync()).Count);
    }

    [Fact]
    public async Task AContinuationHoldsWhenRowsAroundItComeAndGo()
    {
        await InsertManyAsync(["b", "d", "f", "h"]);
        var first = await Store.QueryAsync(Table, Partition, RowRange.All, 2, null, Ct);
        await WriteAsync(TableWrite.Delete("d"));
        await WriteAsync(TableWrite.Delete("f"));
        await InsertManyAsync(["a", "g"]);
        var rest = new List<string>();
        for (var at = first.Continuation; at is not null;)
        {
            var page = await Store.QueryAsync(Table, Partition, RowRange.All, 1, at, Ct);
            rest.AddRange(page.Rows.Select(row => row.Row));
            at = page.Continuation;
        }

        Assert.Equal(["g", "h"], rest);
    }

    [Fact]
    public async Task AQuerySeesItsPartitionOnly()
    {
        await InsertManyAsync(["a", "b"]);
        await InsertManyAsync(["c"], Partition + "|x");
        await InsertManyAsync(["d"], Partition[..^1]);
        Assert.Equal(["a", "b"], (await ReadAsync(RowRange.All)).ConvertAll(row => row.Row));
    }

    [Fact]
    public async Task AScanGivesAllPartitionsInOrder()
    {
        foreach (var partition in new[] { "ten_b", "ten_a|x", "ten_a", "_platform" })
        {
            await InsertManyAsync(["2", "1", "3"], partition);
        }

        var expected = new[] { "_platform", "ten_a", "ten_a|x", "ten_b" }
            .SelectMany(partition => new[] { "1", "2", "3" }.Select(row => (partition, row)));
        Assert.Equal(expected, (await ScanAsync(take: 2)).ConvertAll(row => (row.Partition, row.Row)));
    }
}

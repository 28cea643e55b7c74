using Saas.Storage.Tables;

namespace Saas.Contracts.Tests.Tables;

public abstract partial class TableStoreContract
{
    [Fact]
    public async Task TheLargestValueComesBackAsItWas()
    {
        var value = Noise(TableLimits.MaxValueBytes);
        Assert.True((await WriteAsync(TableWrite.Insert("row", value))).IsDone);
        Assert.True((await GetAsync("row"))!.Value.Span.SequenceEqual(value));
        Assert.True((await ReadAsync(RowRange.All))[0].Value.Span.SequenceEqual(value));
    }

    public static TheoryData<int> SizesAroundAProperty => [1, 65_535, 65_536, 65_537, 131_072, 131_073];

    [Theory]
    [MemberData(nameof(SizesAroundAProperty))]
    public async Task AValueOfAnySizeComesBackAsItWas(int size)
    {
        var value = Noise(size);
        await WriteAsync(TableWrite.Upsert("row", value));
        Assert.True((await GetAsync("row"))!.Value.Span.SequenceEqual(value));
    }

    [Fact]
    public async Task AByteMoreThanTheLargestValueIsRefusedWithoutEffect()
    {
        var tooLarge = Noise(TableLimits.MaxValueBytes + 1);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => WriteAsync(TableWrite.Insert("row", tooLarge)).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => BatchAsync(TableWrite.Insert("a", default), TableWrite.Insert("row", tooLarge)).AsTask());
        Assert.Empty(await ReadAsync(RowRange.All));
    }

    [Fact]
    public async Task TheLargestBatchIsDoneAndAByteMoreIsRefused()
    {
        var third = TableLimits.MaxBatchBytes / 4;
        var rest = TableLimits.MaxBatchBytes - (3 * third);
        TableWrite[] Writes(int last) =>
        [
            TableWrite.Upsert("a", Noise(third)), TableWrite.Upsert("b", Noise(third)),
            TableWrite.Upsert("c", Noise(third)), TableWrite.Upsert("d", Noise(last)),
        ];

        await Assert.ThrowsAnyAsync<ArgumentException>(() => BatchAsync(Writes(rest + 1)).AsTask());
        Assert.Empty(await ReadAsync(RowRange.All));
        Assert.True((await BatchAsync(Writes(rest))).IsDone);
        Assert.Equal(TableLimits.MaxBatchBytes, (await ReadAsync(RowRange.All)).Sum(row => row.Value.Length));
    }

    public static TheoryData<string> KeysThatCannotBeStored =>
        ["", "a/b", "a\\b", "a#b", "a?b", "a%b", "tab\t", "caf\u00e9", "\x7f", new string('x', TableLimits.MaxKeyLength + 1)];

    [Theory]
    [MemberData(nameof(KeysThatCannotBeStored))]
    public async Task AKeyThatCannotBeStoredIsRefusedEverywhere(string key)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => GetAsync(key).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => WriteAsync(TableWrite.Upsert(key, default)).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => BatchAsync(TableWrite.Delete(key)).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.GetAsync(Table, key, "row", Ct).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Store.QueryAsync(Table, key, RowRange.All, 1, null, Ct).AsTask());
    }

    public static TheoryData<string> KeysThatMustBeStored =>
        ["!fence", "a b", "quote'd''", "a\"b", "=2F&x=1;$+,:@", "(~)[]{}|<>^`*-._", new string('k', TableLimits.MaxKeyLength)];

    [Theory]
    [MemberData(nameof(KeysThatMustBeStored))]
    public async Task APrintableKeyIsStored(string key)
    {
        var inserted = await Store.WriteAsync(Table, key, TableWrite.Insert(key, Bytes("1")), Ct);
        Assert.True(inserted.IsDone);
        var replaced = await Store.WriteBatchAsync(
            Table, key, [TableWrite.Replace(key, Bytes("2"), inserted.ETag!), TableWrite.Upsert("other", default)], Ct);
        Assert.True(replaced.IsDone);
        Assert.Equal("2", Text(await Store.GetAsync(Table, key, key, Ct)));
        var page = await Store.QueryAsync(Table, key, RowRange.Prefix(key), 10, null, Ct);
        Assert.Equal(key, Assert.Single(page.Rows).Row);
        Assert.Equal(2, (await ScanAsync()).Count);
        Assert.True((await Store.WriteAsync(Table, key, TableWrite.Delete(key, replaced.ETags[0]), Ct)).IsDone);
    }

    public static TheoryData<string> NamesThatAreNoTable => ["", "ab", "Upper", "1abc", "with_line", new string('a', 64)];

    [Theory]
    [MemberData(nameof(NamesThatAreNoTable))]
    public async Task ANameThatIsNoTableIsRefusedEverywhere(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.GetAsync(name, Partition, "row", Ct).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.ScanAsync(name, 1, null, Ct).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Store.WriteAsync(name, Partition, TableWrite.Upsert("row", default), Ct).AsTask());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(TableLimits.MaxPageRows + 1)]
    public async Task APageOfNoneOrTooManyRowsIsRefused(int take)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Store.QueryAsync(Table, Partition, RowRange.All, take, null, Ct).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.ScanAsync(Table, take, null, Ct).AsTask());
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}

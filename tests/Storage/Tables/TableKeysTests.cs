using Saas.Contracts;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Storage.Tests.Tables;

public sealed class TableKeysTests
{
    [Theory]
    [InlineData("plain-Text_1.0", "plain-Text_1.0")]
    [InlineData("a/b", "a=2Fb")]
    [InlineData("a=b", "a=3Db")]
    [InlineData("a|b", "a=7Cb")]
    [InlineData("\u00e9\ud83d\ude00", "=C3=A9=F0=9F=98=80")]
    [InlineData("", "")]
    public void Escape_AnyText_IsAKeyOfItsOwn(string text, string expected) => Assert.Equal(expected, TableKeys.Escape(text));

    [Fact]
    public void Escape_RandomTexts_StorableAndDifferent()
    {
        var random = new Random(7);
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < 5000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => (char)random.Next(1, 0xD7FF)));
            var key = TableKeys.Escape(text);
            TableKeys.Check(key, nameof(key));
            Assert.True(keys.TryAdd(key, text) || keys[key] == text, $"{key} stands for two texts.");
        }
    }

    [Fact]
    public async Task TenantScope_PartsWithDividers_StayInTheirTenant()
    {
        var store = new InMemoryTableStore();
        var (one, two) = (TenantId.New(TimeProvider.System), TenantId.New(TimeProvider.System));
        var scopes = new TenantScopes(store);
        var foreign = scopes.For(one).Partition("table", $"|{two.Value}", "..|x");
        Assert.StartsWith(one.Value + "|", foreign.Key, StringComparison.Ordinal);
        Assert.True(PartitionKeys.TryGetTenant(foreign.Key, out var owner));
        Assert.Equal(one, owner);

        await foreign.WriteAsync(TableWrite.Insert("row", default), TestContext.Current.CancellationToken);
        Assert.Null(await scopes.For(two).Partition("table", "..|x").GetAsync("row", TestContext.Current.CancellationToken));
        Assert.NotEqual(scopes.For(one).Partition("table", "a", "b").Key, scopes.For(one).Partition("table", "a|b").Key);
    }

    [Fact]
    public async Task PlatformScope_ItsOwnPartitions_BelongToNoTenant()
    {
        var scope = new PlatformScope(new InMemoryTableStore());
        await scope.Partition("table", "x").WriteAsync(TableWrite.Insert("row", default), TestContext.Current.CancellationToken);
        await scope.For(TenantId.New(TimeProvider.System)).Partition("table").WriteAsync(TableWrite.Insert("row", default), TestContext.Current.CancellationToken);
        var owners = new List<bool>();
        await foreach (var row in scope.ScanAsync("table", TestContext.Current.CancellationToken))
        {
            owners.Add(PartitionKeys.TryGetTenant(row.Partition, out _));
        }

        Assert.Equal([false, true], owners);
    }

    [Fact]
    public void TenantScope_DefaultTenant_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => new TenantScopes(new InMemoryTableStore()).For(default).Partition("table"));
}

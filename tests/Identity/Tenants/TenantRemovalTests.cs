using Saas.Identity.Access;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Identity.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Identity.Tests.Tenants;

public class TenantRemovalTests
{
    private readonly CountingTableStore _store = new();
    private readonly IdentityBench _bench;

    public TenantRemovalTests() => _bench = new IdentityBench(_store);

    [Fact]
    public async Task Finish_RemovesEveryRowOfTheTenantAndNoOther()
    {
        var (gone, founded) = await _bench.FoundAsync();
        var (stays, _) = await _bench.FoundAsync();
        await _bench.AddTokenAsync(gone, await _bench.AddSiteAsync(gone));
        await _bench.Removal.BeginAsync(gone, TimeSpan.FromDays(7), CancellationToken.None);
        var before = (await RowsAsync(IdentityTable.Name)).Where(r => r.StartsWith(stays.Tenant.Value, StringComparison.Ordinal)).ToArray();

        Assert.False(await _bench.Removal.IsDueAsync(gone, CancellationToken.None));
        _bench.Time.Advance(TimeSpan.FromDays(7));
        Assert.True(await _bench.Removal.IsDueAsync(gone, CancellationToken.None));
        await _bench.Removal.FinishAsync(gone, CancellationToken.None);

        Assert.Equal(before, await RowsAsync(IdentityTable.Name));
        Assert.Empty(await RowsAsync(IdentityTable.Deletions));
        var result = await _bench.Authenticator.AuthenticateAsync(founded.ApiKey, CancellationToken.None);
        Assert.Equal(AuthenticationFailure.Unknown, result.Failure);
    }

    [Fact]
    public async Task TakeBack_WithinTheGrace_EverythingWorksAgainAndTheMarkGoes()
    {
        var (scope, founded) = await _bench.FoundAsync();
        await _bench.Removal.BeginAsync(scope, TimeSpan.FromDays(7), CancellationToken.None);
        await _bench.Removal.TakeBackAsync(scope, CancellationToken.None);
        Assert.NotNull((await _bench.Authenticator.AuthenticateAsync(founded.ApiKey, CancellationToken.None)).Principal);

        _bench.Time.Advance(TimeSpan.FromDays(8));
        Assert.False(await _bench.Removal.IsDueAsync(scope, CancellationToken.None));
        Assert.Empty(await RowsAsync(IdentityTable.Deletions));
        Assert.NotNull(await scope.FindTenantAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Begin_Again_DoesNotPostponeTheEnd()
    {
        var (scope, _) = await _bench.FoundAsync();
        var first = await _bench.Removal.BeginAsync(scope, TimeSpan.FromDays(7), CancellationToken.None);
        _bench.Time.Advance(TimeSpan.FromDays(1));
        var second = await _bench.Removal.BeginAsync(scope, TimeSpan.FromDays(7), CancellationToken.None);
        Assert.Equal(first.Value!.PurgeAt, second.Value!.PurgeAt);
    }

    private async Task<string[]> RowsAsync(string table)
    {
        var page = await _store.ScanAsync(table, TableLimits.MaxPageRows, null, CancellationToken.None);
        return [.. page.Rows.Select(r => $"{r.Partition} {r.Row} {r.ETag}")];
    }
}

using System.Security.Cryptography;
using Saas.Identity.Agents;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Identity.Tests.Shared;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Identity.Tests.Agents;

public sealed class AgentEnrolmentTests : IDisposable
{
    private readonly IdentityBench _bench = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Enrol_OpenToken_RegistersTheKeyAndSpendsTheToken()
    {
        var (scope, _) = await _bench.FoundAsync();
        var site = await _bench.AddSiteAsync(scope);
        var token = await _bench.AddTokenAsync(scope, site);

        var enrolled = (await EnrolAsync(token, _key)).Enrolled;

        Assert.NotNull(enrolled);
        Assert.True(enrolled.IsNew);
        Assert.Equal(site.Id, enrolled.Site.Id);
        Assert.Equal(scope.Tenant, enrolled.Tenant.Tenant);
        var tenant = (await scope.FindTenantAsync(CancellationToken.None))!;
        Assert.Equal((1, 0), (tenant.Used(QuotaKind.Nodes), tenant.Used(QuotaKind.EnrolmentTokens)));
        Assert.Equal(1, (await scope.FindSiteAsync(site.Id, CancellationToken.None))!.Nodes);
    }

    [Fact]
    public async Task Enrol_SameTokenAndKeyAgain_GivesTheSameNodeAlsoAfterTheTokensExpiry()
    {
        var (scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(scope, await _bench.AddSiteAsync(scope));
        var first = (await EnrolAsync(token, _key)).Enrolled!;
        _bench.Time.Advance(TimeSpan.FromHours(2));
        var second = (await EnrolAsync(token, _key)).Enrolled!;
        Assert.Equal(first.Agent.Id, second.Agent.Id);
        Assert.False(second.IsNew);
        Assert.Equal(1, (await scope.FindTenantAsync(CancellationToken.None))!.Used(QuotaKind.Nodes));
    }

    [Fact]
    public async Task Enrol_SameTokenOtherKey_IsRefused()
    {
        var (scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(scope, await _bench.AddSiteAsync(scope));
        await EnrolAsync(token, _key);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(EnrolRefusal.AlreadyUsed, (await EnrolAsync(token, other)).Refusal);
    }

    [Fact]
    public async Task Enrol_ExpiredToken_IsRefusedAndLeavesNoTrace()
    {
        var (scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(scope, await _bench.AddSiteAsync(scope));
        _bench.Time.Advance(TimeSpan.FromHours(1));
        var before = await RowsAsync(_bench.Store);
        Assert.Equal(EnrolRefusal.Expired, (await EnrolAsync(token, _key)).Refusal);
        Assert.Equal(before, await RowsAsync(_bench.Store));
    }

    [Fact]
    public async Task Enrol_WrongSecret_IsUnknown()
    {
        var (scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(scope, await _bench.AddSiteAsync(scope));
        var wrong = token[..^1] + (token[^1] == '0' ? 'g' : '0');
        Assert.Equal(EnrolRefusal.UnknownToken, (await EnrolAsync(wrong, _key)).Refusal);
        Assert.Equal(EnrolRefusal.UnknownToken, (await EnrolAsync("nonsense", _key)).Refusal);
    }

    [Theory]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("")]
    public async Task Enrol_NotAPublicKey_IsRefused(string publicKey)
    {
        var (scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(scope, await _bench.AddSiteAsync(scope));
        var request = IdentityBench.Request(token, _key) with { PublicKey = publicKey };
        Assert.Equal(EnrolRefusal.BadPublicKey, (await _bench.Enrolment.EnrolAsync(request, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task Enrol_KeyOfAnotherCurve_IsRefused()
    {
        var (scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(scope, await _bench.AddSiteAsync(scope));
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(EnrolRefusal.BadPublicKey, (await EnrolAsync(token, p384)).Refusal);
    }

    [Fact]
    public async Task Enrol_TenantSuspended_IsRefused()
    {
        var (scope, _) = await _bench.FoundAsync();
        var token = await _bench.AddTokenAsync(scope, await _bench.AddSiteAsync(scope));
        await _bench.Removal.BeginAsync(scope, TimeSpan.FromDays(1), CancellationToken.None);
        Assert.Equal(EnrolRefusal.TenantSuspended, (await EnrolAsync(token, _key)).Refusal);
    }

    [Fact]
    public async Task Remove_Node_GivesItsPlaceBack()
    {
        var (scope, _) = await _bench.FoundAsync();
        var site = await _bench.AddSiteAsync(scope);
        var node = (await EnrolAsync(await _bench.AddTokenAsync(scope, site), _key)).Enrolled!.Agent;
        Assert.True((await _bench.Credentials.RemoveAsync(scope, node.Id, CancellationToken.None)).IsDone);
        Assert.Equal(IdentityErrorKind.NotFound, (await _bench.Credentials.RemoveAsync(scope, node.Id, CancellationToken.None)).Error!.Kind);
        Assert.Equal(0, (await scope.FindTenantAsync(CancellationToken.None))!.Used(QuotaKind.Nodes));
        Assert.Equal(0, (await scope.FindSiteAsync(site.Id, CancellationToken.None))!.Nodes);
    }

    [Fact]
    public async Task ManyMachinesWithOneToken_ExactlyOneGetsANode()
    {
        using var folder = new TempDirectory();
        using var store = new SqliteTableStore(folder.File("store.db"));
        var bench = new IdentityBench(store);
        var (scope, _) = await bench.FoundAsync();
        var token = await bench.AddTokenAsync(scope, await bench.AddSiteAsync(scope));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return await bench.Enrolment.EnrolAsync(IdentityBench.Request(token, key), CancellationToken.None);
        })));

        Assert.Single(outcomes, o => o.Enrolled is not null);
        Assert.All(outcomes.Where(o => o.Enrolled is null), o => Assert.Equal(EnrolRefusal.AlreadyUsed, o.Refusal));
    }

    [Fact]
    public async Task Enrol_OneMoreThanThePlanHas_IsRefusedWithTheNumbers()
    {
        var (scope, _) = await _bench.FoundAsync();
        var site = await _bench.AddSiteAsync(scope);
        var limit = Plans.Get(Plans.Dev).Limits[QuotaKind.Nodes];
        for (var i = 0; i < limit; i++)
        {
            Assert.NotNull((await EnrolAsync(await _bench.AddTokenAsync(scope, site), _key)).Enrolled);
        }

        var refused = await EnrolAsync(await _bench.AddTokenAsync(scope, site), _key);
        Assert.Equal(new QuotaExceeded(QuotaKind.Nodes, limit, limit), refused.Error);
    }

    private Task<EnrolOutcome> EnrolAsync(string token, ECDsa key) =>
        _bench.Enrolment.EnrolAsync(IdentityBench.Request(token, key), CancellationToken.None);

    private static async Task<string> RowsAsync(ITableStore store)
    {
        var page = await store.ScanAsync(IdentityTable.Name, TableLimits.MaxPageRows, null, CancellationToken.None);
        return string.Join('\n', page.Rows.Select(r => $"{r.Row} {r.ETag}"));
    }
}

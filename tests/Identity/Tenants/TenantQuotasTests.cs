using Saas.Contracts;
using Saas.Identity.Quotas;
using Saas.Identity.Tenants;
using Saas.Identity.Tests.Shared;
using Saas.Storage;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Identity.Tests.Tenants;

public class TenantQuotasTests
{
    [Fact]
    public async Task HoldJob_Twice_TakesOnePlace()
    {
        var bench = new IdentityBench();
        var (scope, founded) = await bench.FoundAsync();
        Assert.True((await bench.Quotas.HoldJobAsync(scope, founded.Project.Id, "web", CancellationToken.None)).IsDone);
        Assert.True((await bench.Quotas.HoldJobAsync(scope, founded.Project.Id, "web", CancellationToken.None)).IsDone);
        Assert.Equal(1, await UsedAsync(scope));

        await bench.Quotas.ReleaseJobAsync(scope, founded.Project.Id, "web", CancellationToken.None);
        await bench.Quotas.ReleaseJobAsync(scope, founded.Project.Id, "web", CancellationToken.None);
        Assert.Equal(0, await UsedAsync(scope));
    }

    [Fact]
    public async Task HoldJob_NoSuchProject_IsNotFound()
    {
        var bench = new IdentityBench();
        var (scope, _) = await bench.FoundAsync();
        var outcome = await bench.Quotas.HoldJobAsync(scope, EntityId.New("prj", bench.Time), "web", CancellationToken.None);
        Assert.Equal(IdentityErrorKind.NotFound, outcome.Error!.Kind);
    }

    [Fact]
    public async Task SweepJobs_PlaceWithoutAJob_IsGivenBackAfterAWhile()
    {
        var bench = new IdentityBench();
        var (scope, founded) = await bench.FoundAsync();
        foreach (var job in (string[])["there", "never written"])
        {
            await bench.Quotas.HoldJobAsync(scope, founded.Project.Id, job, CancellationToken.None);
        }

        Task SweepAsync() => bench.Quotas.SweepJobsAsync(
            scope, founded.Project.Id, (job, _) => ValueTask.FromResult(job == "there"), CancellationToken.None);
        await SweepAsync();
        Assert.Equal(2, await UsedAsync(scope));
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        await SweepAsync();
        Assert.Equal(1, await UsedAsync(scope));
    }

    /// <summary>Two processes on one store, more jobs at once than there are places.</summary>
    [Fact]
    public async Task MoreAtOnceThanThePlanHas_ExactlyThePlansNumberGetsAPlace()
    {
        using var folder = new TempDirectory();
        using var store = new SqliteTableStore(folder.File("store.db"));
        var bench = new IdentityBench(store);
        var (scope, founded) = await bench.FoundAsync();
        var limit = Plans.Get(Plans.Dev).Limits[QuotaKind.Jobs];
        var free = 20;
        await bench.Ledger.ChangeAsync<TenantRecord>(
            scope,
            (change, _) => ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant = change.Tenant.WithUsed(QuotaKind.Jobs, limit - free)),
            CancellationToken.None);
        TenantQuotas[] processes = [bench.Quotas, new TenantQuotas(new TenantLedger(bench.Signal), bench.Time)];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() =>
            processes[i % 2].HoldJobAsync(scope, founded.Project.Id, $"job-{i}", CancellationToken.None))));

        Assert.Equal(free, outcomes.Count(o => o.IsDone));
        Assert.All(outcomes.Where(o => !o.IsDone), o => Assert.Equal(new QuotaExceeded(QuotaKind.Jobs, limit, limit), o.Error));
        Assert.Equal(limit, await UsedAsync(scope));
    }

    private static async Task<int> UsedAsync(TenantScope scope) =>
        (await scope.FindTenantAsync(CancellationToken.None))!.Used(QuotaKind.Jobs);
}

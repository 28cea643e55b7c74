using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Audit;
using Saas.Hosting.Hosts;
using Saas.Hosting.Tests.Support;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Hosting.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task ALivingProcessWithItsStoreIsReady()
    {
        await using var app = await TestApp.StartAsync(new TestModule());
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/readyz")).StatusCode);
    }

    [Fact]
    public async Task WithoutItsStoreAProcessLivesAndIsNotReady()
    {
        await using var app = await TestApp.StartAsync(new TestModule(), platform: TestApp.InMemory(new DeadStore()));
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/healthz")).StatusCode);
        await (await app.Anonymous.GetAsync("/readyz")).ProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
    }

    [Fact]
    public async Task AProcessWhoseAuditRecordsPileUpIsReadyAndSaysSo()
    {
        await using var app = await TestApp.StartAsync(new TestModule(), new HostingOptions
        {
            Services = services => services.AddSingleton(s =>
                new AuditSpoolOptions { Folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")), MinFreeBytes = long.MaxValue, IsFolderOurs = true }),
        });
        var answer = await app.Anonymous.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("degraded: audit", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private sealed class DeadStore : ITableStore
    {
        private static StorageUnavailableException Dead => new("dead");

        public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) => throw Dead;

        public ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct) => throw Dead;

        public ValueTask<BatchResult> WriteBatchAsync(string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) => throw Dead;

        public ValueTask<TablePage> QueryAsync(string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) => throw Dead;

        public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) => throw Dead;
    }
}

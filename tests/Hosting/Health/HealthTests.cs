using System.Net;
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

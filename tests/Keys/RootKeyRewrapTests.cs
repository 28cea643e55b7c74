using Microsoft.Extensions.Logging.Abstractions;
using Saas.Keys.LocalFile;
using Saas.Keys.Rows;
using Saas.Keys.Tests.Shared;
using Saas.Storage;
using Saas.TestKit;

namespace Saas.Keys.Tests;

public sealed class RootKeyRewrapTests : IDisposable
{
    private readonly KeysBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Run_AfterARotation_BringsEveryKeyUnderTheNewVersionAndSkipsTombstones()
    {
        var tenants = await TenantsAsync(5);
        await _bench.Destruction().DestroyAsync(tenants[0].Scope, default);
        var added = LocalFileKey.Rotate(_bench.KeyPath, TimeProvider.System);

        Assert.Equal(new RewrapResult(4, 0, 1, 0), await Rewrap().RunAsync(default));
        Assert.Equal(new RewrapResult(0, 4, 1, 0), await Rewrap().RunAsync(default));

        Assert.True((await RowAsync(tenants[0].Scope)).IsDestroyed);
        foreach (var (scope, value) in tenants[1..])
        {
            Assert.Equal(added, (await RowAsync(scope)).Kek);
            Assert.True(await OpensAsync(_bench.Instance(), scope, value));
        }
    }

    [Fact]
    public async Task Run_OldVersionTakenFromTheFileAfterwards_EverythingStillOpens()
    {
        var tenants = await TenantsAsync(3);
        LocalFileKey.Rotate(_bench.KeyPath, TimeProvider.System);
        await Rewrap().RunAsync(default);

        var lines = await File.ReadAllLinesAsync(_bench.KeyPath);
        await File.WriteAllLinesAsync(_bench.KeyPath, [lines[0], lines[2]]);

        foreach (var (scope, value) in tenants)
        {
            Assert.True(await OpensAsync(_bench.Instance(), scope, value));
        }
    }

    /// <summary>The key fails at the n-th unwrap for every n, as a process killed there would: the next run ends it.</summary>
    [Fact]
    public async Task Run_CutOffAnywhere_TheNextFinishes()
    {
        var tenants = await TenantsAsync(4);
        for (var survives = 0; survives < tenants.Length; survives++)
        {
            LocalFileKey.Rotate(_bench.KeyPath, TimeProvider.System);
            using var killed = new CancellationTokenSource();
            var dying = new DyingKek(_bench.Kek, survives, killed);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Rewrap(dying).RunAsync(killed.Token));

            Assert.Equal(new RewrapResult(tenants.Length - survives, survives, 0, 0), await Rewrap().RunAsync(default));
            foreach (var (scope, value) in tenants)
            {
                Assert.True(await OpensAsync(_bench.Instance(), scope, value));
            }
        }
    }

    [Fact]
    public async Task Run_KeysBroken_TheOthersAreRewrapped()
    {
        var tenants = await TenantsAsync(5);
        foreach (var (i, text) in new[] { (3, "no JSON"), (4, "{}") })
        {
            await RootKeyRows.Of(tenants[i].Scope).WriteAsync(
                Saas.Storage.Tables.TableWrite.Upsert(RootKeyRow.Row, System.Text.Encoding.UTF8.GetBytes(text)), default);
        }

        var row = await RowAsync(tenants[1].Scope);
        row.Wrapped![20] ^= 1;
        await RootKeyRows.Of(tenants[1].Scope).WriteAsync(Saas.Storage.Tables.TableWrite.Upsert(RootKeyRow.Row, row.Bytes()), default);
        LocalFileKey.Rotate(_bench.KeyPath, TimeProvider.System);

        Assert.Equal(new RewrapResult(2, 0, 0, 3), await Rewrap().RunAsync(default));
    }

    [Fact]
    public async Task Run_TenantDestroyedMeanwhile_StaysDestroyed()
    {
        var tenants = await TenantsAsync(1);
        LocalFileKey.Rotate(_bench.KeyPath, TimeProvider.System);
        var meanwhile = new DyingKek(_bench.Kek, 0, () => _bench.Destruction().DestroyAsync(tenants[0].Scope, default));

        await Rewrap(meanwhile).RunAsync(default);

        Assert.True((await RowAsync(tenants[0].Scope)).IsDestroyed);
    }

    [Fact]
    public async Task Run_WhileOthersRead_NobodyNotices()
    {
        var tenants = await TenantsAsync(4);
        using var stop = new CancellationTokenSource();
        var reads = new int[tenants.Length];
        var readers = tenants.Select((tenant, i) => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                // Cold every time, so that every read meets the row as it is just then.
                Assert.True(await OpensAsync(_bench.Instance(), tenant.Scope, tenant.Value));
                Interlocked.Increment(ref reads[i]);
            }
        })).ToArray();

        for (var rotation = 0; rotation < 10; rotation++)
        {
            var before = reads.ToArray();
            LocalFileKey.Rotate(_bench.KeyPath, TimeProvider.System);
            var result = await Task.Run(() => Rewrap().RunAsync(default));
            Assert.Equal((4, 0), (result.Rewrapped, result.Failed));
            await Poll.UntilAsync(
                () => readers.Any(reader => reader.IsCompleted) || reads.Zip(before).All(static read => read.First > read.Second),
                "every reader to read again", () => string.Join(' ', reads));
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    private RootKeyRewrap Rewrap(IKeyEncryptionKey? kek = null) =>
        new(new PlatformScope(_bench.Store), kek ?? _bench.Kek, NullLogger<RootKeyRewrap>.Instance);

    private async Task<(TenantScope Scope, byte[] Value)[]> TenantsAsync(int count)
    {
        var keys = _bench.Instance();
        var tenants = new List<(TenantScope, byte[])>();
        for (var i = 0; i < count; i++)
        {
            var scope = _bench.NewTenant();
            using var seal = await keys.OpenAsync(scope, default);
            tenants.Add((scope, seal.Seal(scope.Partition("things"), "row", "secret"u8)));
        }

        return [.. tenants];
    }

    private static async Task<RootKeyRow> RowAsync(TenantScope scope) => (await RootKeyRows.FindAsync(scope, default))!.Value;

    private static async Task<bool> OpensAsync(TenantKeys keys, TenantScope tenant, byte[] value)
    {
        using var seal = await keys.OpenAsync(tenant, default);
        using var opened = seal.Open(tenant.Partition("things"), "row", value);
        return opened.Span.SequenceEqual("secret"u8);
    }

    /// <summary>Lets some unwraps pass; at the next something happens in between.</summary>
    private sealed class DyingKek(IKeyEncryptionKey inner, int survives, Func<Task> then) : IKeyEncryptionKey
    {
        private int _unwraps;

        public DyingKek(IKeyEncryptionKey inner, int survives, CancellationTokenSource killed)
            : this(inner, survives, killed.CancelAsync)
        {
        }

        public bool Knows(string kekId) => inner.Knows(kekId);

        public ValueTask<string> CurrentIdAsync(CancellationToken ct) => inner.CurrentIdAsync(ct);

        public ValueTask<WrappedKey> WrapAsync(Saas.Contracts.TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct) =>
            inner.WrapAsync(tenant, rootKey, ct);

        public async ValueTask<SecretBuffer> UnwrapAsync(Saas.Contracts.TenantId tenant, WrappedKey wrapped, CancellationToken ct)
        {
            if (_unwraps++ == survives)
            {
                await then();
            }

            return await inner.UnwrapAsync(tenant, wrapped, ct);
        }
    }
}

using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts;
using Saas.Keys.Rows;
using Saas.Keys.Tests.Shared;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Keys.Tests;

/// <summary>What is left of a destroyed root key: in memory and in the file of the embedded store.</summary>
public sealed class CryptoShreddingTests : IDisposable
{
    private readonly KeysBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Destroy_KeyInMemory_IsZeroedOnceNoSealIsOpen()
    {
        var tenant = _bench.NewTenant();
        var kek = new WatchedKek(_bench.Kek);
        (await _bench.Instance().OpenAsync(tenant, default)).Dispose();
        var keys = _bench.Instance(kek);
        var seal = await keys.OpenAsync(tenant, default);
        var root = Assert.Single(kek.Unwrapped);

        await keys.DestroyAsync(tenant, default);
        Assert.Equal(TenantKeys.RootKeyBytes, root.Length);

        seal.Dispose();
        Assert.Throws<ObjectDisposedException>(() => root.Length);
    }

    [Fact]
    public async Task Keep_TimeIsUp_TheKeyInMemoryIsZeroed()
    {
        var tenant = _bench.NewTenant();
        var kek = new WatchedKek(_bench.Kek);
        (await _bench.Instance().OpenAsync(tenant, default)).Dispose();
        (await _bench.Instance(kek).OpenAsync(tenant, default)).Dispose();

        _bench.Time.Advance(KeysBench.Limits.KeepFor * 1.25);

        Assert.Throws<ObjectDisposedException>(() => Assert.Single(kek.Unwrapped).Length);
    }

    /// <summary>An overwritten row that stays in a free corner of a page is as good as one that was never overwritten.</summary>
    [Fact]
    public async Task Destroy_SqliteFile_HoldsTheWrappedKeyNoMore()
    {
        using var folder = new TempDirectory();
        var path = folder.File("store.db");
        List<byte[]> destroyed = [], kept = [];
        using (var store = new SqliteTableStore(path))
        {
            var signal = new InProcessChangeSignal(_bench.Time);
            using var keys = new TenantKeys(
                _bench.Kek, _bench.Destruction(signal), KeysBench.Limits, signal, _bench.Time, NullLogger<TenantKeys>.Instance);
            var tenants = Enumerable.Range(0, 300).Select(_ => new TenantScopes(store).For(TenantId.New(TimeProvider.System))).ToArray();
            foreach (var (i, tenant) in tenants.Index())
            {
                (await keys.OpenAsync(tenant, default)).Dispose();
                var row = (await RootKeyRows.FindAsync(tenant, default))!.Value;
                (i % 3 == 0 ? kept : destroyed).Add(Encoding.ASCII.GetBytes(Convert.ToBase64String(row.Wrapped!)[..40]));
            }

            foreach (var (i, tenant) in tenants.Index())
            {
                if (i % 3 != 0)
                {
                    await keys.DestroyAsync(tenant, default);
                }
            }
        }

        Assert.False(File.Exists(path + "-wal"), "The log should be gone with its last connection.");
        var file = await File.ReadAllBytesAsync(path);
        Assert.All(kept, row => Assert.True(file.AsSpan().IndexOf(row) >= 0));
        Assert.Equal(0, destroyed.Count(row => file.AsSpan().IndexOf(row) >= 0));
    }

    private sealed class WatchedKek(IKeyEncryptionKey inner) : IKeyEncryptionKey
    {
        public List<SecretBuffer> Unwrapped { get; } = [];

        public bool Knows(string kekId) => inner.Knows(kekId);

        public ValueTask<string> CurrentIdAsync(CancellationToken ct) => inner.CurrentIdAsync(ct);

        public ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct) =>
            inner.WrapAsync(tenant, rootKey, ct);

        public async ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
        {
            Unwrapped.Add(await inner.UnwrapAsync(tenant, wrapped, ct));
            return Unwrapped[^1];
        }
    }
}

using Saas.Keys.Tests.Shared;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Keys.Tests;

public sealed class TenantKeysTests : IDisposable
{
    private readonly KeysBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Open_OnAnotherInstance_IsTheSameKey()
    {
        var tenant = _bench.NewTenant();
        var value = await SealAsync(_bench.Instance(), tenant);

        Assert.True(await OpensAsync(_bench.Instance(), tenant, value));
    }

    [Fact]
    public async Task Open_ManyInstancesRaceForTheFirstKey_AllEndWithOne()
    {
        var tenant = _bench.NewTenant();
        var instances = Enumerable.Range(0, 8).Select(_ => _bench.Instance()).ToArray();

        var values = await Task.WhenAll(instances.Select(keys => Task.Run(() => SealAsync(keys, tenant))));

        foreach (var keys in instances)
        {
            foreach (var value in values)
            {
                Assert.True(await OpensAsync(keys, tenant, value));
            }
        }
    }

    [Fact]
    public async Task Open_ConcurrentMissesOfOneTenant_ShareOneUnwrap()
    {
        var tenant = _bench.NewTenant();
        await SealAsync(_bench.Instance(), tenant);
        var kek = new ScriptedKek(_bench.Kek);
        var gate = new TaskCompletionSource();
        kek.Gate = gate.Task;
        var keys = _bench.Instance(kek);

        var opening = Enumerable.Range(0, 100).Select(_ => keys.OpenAsync(tenant, default).AsTask()).ToArray();
        await Poll.UntilAsync(() => kek.Unwraps == 1, "the unwrap to begin");
        gate.SetResult();

        foreach (var seal in await Task.WhenAll(opening))
        {
            seal.Dispose();
        }

        Assert.Equal(1, kek.Unwraps);
    }

    [Fact]
    public async Task Open_OneCallerGivesUp_TheOthersAreServed()
    {
        var tenant = _bench.NewTenant();
        await SealAsync(_bench.Instance(), tenant);
        var gate = new TaskCompletionSource();
        var kek = new ScriptedKek(_bench.Kek) { Gate = gate.Task };
        var keys = _bench.Instance(kek);
        using var impatient = new CancellationTokenSource();

        var first = keys.OpenAsync(tenant, impatient.Token).AsTask();
        var second = keys.OpenAsync(tenant, default).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        using var seal = await second;
        Assert.Equal(1, kek.Unwraps);
    }

    [Fact]
    public async Task Open_WhileTheKekFails_ServesWhatIsCachedUntilItsTimeIsUp()
    {
        var tenant = _bench.NewTenant();
        var kek = new ScriptedKek(_bench.Kek);
        var keys = _bench.Instance(kek);
        var value = await SealAsync(keys, tenant);
        kek.IsDown = true;

        for (var minute = 0; minute < 9; minute++)
        {
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.True(await OpensAsync(keys, tenant, value));
        }

        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => OpensAsync(keys, tenant, value));

        kek.IsDown = false;
        Assert.True(await OpensAsync(keys, tenant, value));
    }

    [Fact]
    public async Task Open_FirstUseWhileTheKekFails_LeavesNothingBehind()
    {
        var tenant = _bench.NewTenant();
        var kek = new ScriptedKek(_bench.Kek) { IsDown = true };
        var keys = _bench.Instance(kek);

        await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => SealAsync(keys, tenant));
        Assert.Null(await tenant.Partition("rootkeys").GetAsync("root", default));

        kek.IsDown = false;
        Assert.True(await OpensAsync(keys, tenant, await SealAsync(keys, tenant)));
    }

    [Fact]
    public async Task Destroy_ReachesAnotherInstanceWithinFiveSeconds()
    {
        var tenant = _bench.NewTenant();
        var (here, there) = (_bench.Instance(), _bench.Instance());
        var value = await SealAsync(here, tenant);
        Assert.True(await OpensAsync(there, tenant, value));

        await here.DestroyAsync(tenant, default);

        await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => OpensAsync(here, tenant, value));
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => OpensAsync(there, tenant, value));
    }

    /// <summary>What caches on top of this for 4 s asks so: its age and ours must not add up to 8.</summary>
    [Fact]
    public async Task OpenRechecked_DestroyedAMomentAgoElsewhere_IsRefusedAtOnce()
    {
        var tenant = _bench.NewTenant();
        var (here, there) = (_bench.Instance(), _bench.Instance());
        var value = await SealAsync(there, tenant);

        await here.DestroyAsync(tenant, default);

        Assert.True(await OpensAsync(there, tenant, value));
        await Assert.ThrowsAsync<TenantKeysDestroyedException>(async () => await there.OpenRecheckedAsync(tenant, default));
        await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => OpensAsync(there, tenant, value));
    }

    [Fact]
    public async Task Destroy_ReachesAnotherModuleOfTheProcessAtOnce()
    {
        var tenant = _bench.NewTenant();
        var signal = new InProcessChangeSignal(_bench.Time);
        var keys = _bench.Instance(signal: signal);
        var value = await SealAsync(keys, tenant);

        await _bench.Destruction(signal).DestroyAsync(tenant, default);

        await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => OpensAsync(keys, tenant, value));
    }

    [Fact]
    public async Task Destroy_BeforeTheFirstUse_KeepsAKeyFromEverBeingMade()
    {
        var tenant = _bench.NewTenant();
        await _bench.Destruction().DestroyAsync(tenant, default);
        await _bench.Destruction().DestroyAsync(tenant, default);

        await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => SealAsync(_bench.Instance(), tenant));
    }

    /// <summary>Everything that is left: the sealed rows, the tombstone and the key-encryption key.</summary>
    [Fact]
    public async Task Destroy_StoreAndKekAtHand_LeavesNothingToOpenRowsWith()
    {
        var tenant = _bench.NewTenant();
        var value = await SealAsync(_bench.Instance(), tenant);
        var wrapped = Rows.RootKeyRows.Read((await tenant.Partition("rootkeys").GetAsync("root", default))!).Value.Key();

        await _bench.Destruction().DestroyAsync(tenant, default);

        var row = (await tenant.Partition("rootkeys").GetAsync("root", default))!;
        Assert.Equal(["destroyedAt"], System.Text.Json.JsonDocument.Parse(row.Value).RootElement.EnumerateObject().Select(p => p.Name));
        Assert.True(row.Value.Span.IndexOf(wrapped.Bytes) < 0);
        await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => OpensAsync(_bench.Instance(), tenant, value));
    }

    [Fact]
    public async Task Open_RowOfAnotherTenantCopiedIn_IsRefused()
    {
        var (mine, theirs) = (_bench.NewTenant(), _bench.NewTenant());
        await SealAsync(_bench.Instance(), theirs);
        var copied = (await theirs.Partition("rootkeys").GetAsync("root", default))!;
        await mine.Partition("rootkeys").WriteAsync(TableWrite.Insert("root", copied.Value), default);

        await Assert.ThrowsAsync<WrappedKeyBrokenException>(() => SealAsync(_bench.Instance(), mine));
    }

    private static async Task<byte[]> SealAsync(TenantKeys keys, TenantScope tenant)
    {
        using var seal = await keys.OpenAsync(tenant, default);
        return seal.Seal(tenant.Partition("things"), "row", "secret"u8);
    }

    private static async Task<bool> OpensAsync(TenantKeys keys, TenantScope tenant, byte[] value)
    {
        using var seal = await keys.OpenAsync(tenant, default);
        using var opened = seal.Open(tenant.Partition("things"), "row", value);
        return opened.Span.SequenceEqual("secret"u8);
    }
}

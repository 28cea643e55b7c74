using Saas.Storage.Signals;
using Saas.TestKit;

namespace Saas.Keys.Tests;

public sealed class SecretCacheTests : IDisposable
{
    private static readonly SecretCacheLimits Limits = new(8, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(60));

    private readonly FakeTimeProvider _time = new();
    private readonly InProcessChangeSignal _signal;
    private readonly SecretCache<string, Secret> _cache;

    public SecretCacheTests()
    {
        _signal = new InProcessChangeSignal(_time);
        _cache = new SecretCache<string, Secret>(Limits, _time, _signal, static key => "topic/" + key);
    }

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task TryLease_Fresh_GivesTheSameValue()
    {
        var secret = new Secret();
        await PutAsync("a", secret);

        Assert.True(_cache.TryLease("a", out var lease));
        Assert.Same(secret, lease.Value);
        lease.Dispose();
        Assert.False(_cache.TryLease("b", out _));
    }

    [Fact]
    public async Task TryLease_Hit_AllocatesNothing()
    {
        await PutAsync("a", new Secret());
        Hit();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Hit();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Hit()
        {
            Assert.True(_cache.TryLease("a", out var lease));
            lease.Dispose();
        }
    }

    [Fact]
    public async Task Lease_NotLookedAtForFourSeconds_IsOfferedToTheLoaderAndMayStay()
    {
        var secret = new Secret();
        await PutAsync("a", secret);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(_cache.TryLease("a", out _));

        using (var lease = await _cache.LeaseAsync("a", (_, known, _) => ValueTask.FromResult(known!), default))
        {
            Assert.Same(secret, lease.Value);
        }

        Assert.True(_cache.TryLease("a", out var again));
        again.Dispose();
        Assert.False(secret.IsZeroed);
    }

    [Fact]
    public async Task Lease_LoaderGivesAnother_TheFirstIsZeroedOnceNobodyHasIt()
    {
        var (old, replacement) = (new Secret(), new Secret());
        await PutAsync("a", old);
        Assert.True(_cache.TryLease("a", out var held));
        _time.Advance(TimeSpan.FromSeconds(4));

        await PutAsync("a", replacement);

        Assert.False(old.IsZeroed);
        held.Dispose();
        Assert.True(old.IsZeroed);
        Assert.False(replacement.IsZeroed);
    }

    [Fact]
    public async Task Keep_TimeIsUp_ZeroesWithoutAnybodyAsking()
    {
        var secret = new Secret();
        await PutAsync("a", secret);

        _time.Advance(Limits.KeepFor * 1.25);

        Assert.True(secret.IsZeroed);
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public async Task Keep_TimeIsUp_IsNotOfferedAgainHoweverOftenItWasUsed()
    {
        await PutAsync("a", new Secret());
        for (var elapsed = TimeSpan.Zero; elapsed < Limits.KeepFor; elapsed += TimeSpan.FromSeconds(4))
        {
            using var lease = await _cache.LeaseAsync("a", (_, known, _) => ValueTask.FromResult(known!), default);
            _time.Advance(TimeSpan.FromSeconds(4));
        }

        using var fresh = await _cache.LeaseAsync("a", static (_, known, _) =>
        {
            Assert.Null(known);
            return ValueTask.FromResult(new Secret());
        }, default);
    }

    [Fact]
    public async Task Count_Full_TheLongestUnusedIsZeroed()
    {
        var secrets = new List<Secret>();
        for (var i = 0; i <= Limits.Count; i++)
        {
            secrets.Add(new Secret());
            await PutAsync($"{i}", secrets[i]);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(Limits.Count, _cache.Count);
        Assert.Equal([0], Enumerable.Range(0, secrets.Count).Where(i => secrets[i].IsZeroed));
    }

    [Fact]
    public async Task Raise_TopicOfAKey_MakesItStaleAtOnceAndNoOther()
    {
        await PutAsync("a", new Secret());
        await PutAsync("b", new Secret());

        _signal.Raise("topic/a");

        Assert.False(_cache.TryLease("a", out _));
        Assert.True(_cache.TryLease("b", out var other));
        other.Dispose();
    }

    [Fact]
    public async Task Remove_DuringALoad_NobodyIsGivenWhatItLoads()
    {
        var (loaded, fresh) = (new Secret(), new Secret());
        var gate = new TaskCompletionSource();
        var values = new Queue<Secret>([loaded, fresh]);
        async ValueTask<Secret> Load(string key, Secret? known, CancellationToken ct)
        {
            var value = values.Dequeue();
            await gate.Task;
            return value;
        }

        var leasing = _cache.LeaseAsync("a", Load, default).AsTask();
        _cache.Remove("a");
        gate.SetResult();

        using var lease = await leasing;
        Assert.Same(fresh, lease.Value);
        Assert.True(loaded.IsZeroed);
    }

    [Fact]
    public async Task Raise_DuringALoad_ItIsLoadedAgain()
    {
        var loads = 0;
        using var lease = await _cache.LeaseAsync("a", (_, _, _) =>
        {
            if (++loads == 1)
            {
                _signal.Raise("topic/a");
            }

            return ValueTask.FromResult(new Secret());
        }, default);

        Assert.Equal(2, loads);
    }

    [Fact]
    public async Task Lease_LoadFails_EveryWaiterIsToldAndTheNextTriesAgain()
    {
        var gate = new TaskCompletionSource();
        async ValueTask<Secret> Fail(string key, Secret? known, CancellationToken ct)
        {
            await gate.Task;
            throw new KeyEncryptionUnavailableException("down");
        }

        var waiters = Enumerable.Range(0, 5).Select(_ => _cache.LeaseAsync("a", Fail, default).AsTask()).ToArray();
        gate.SetResult();

        foreach (var waiter in waiters)
        {
            await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => waiter);
        }

        await PutAsync("a", new Secret());
    }

    [Fact]
    public async Task Dispose_ZeroesWhatNobodyLeasesAndTheRestWhenGivenBack()
    {
        var (idle, used) = (new Secret(), new Secret());
        await PutAsync("idle", idle);
        await PutAsync("used", used);
        Assert.True(_cache.TryLease("used", out var lease));

        _cache.Dispose();

        Assert.True(idle.IsZeroed);
        Assert.False(used.IsZeroed);
        lease.Dispose();
        Assert.True(used.IsZeroed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => PutAsync("a", new Secret()));
    }

    /// <summary>Readers, expiry, removal and eviction all at once: nobody ever sees a zeroed value.</summary>
    [Fact]
    public async Task Lease_UnderConcurrentRemovalAndEviction_IsNeverZeroedWhileHeld()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 3000; i++)
            {
                var key = $"{(i + worker) % 12}";
                using var lease = await _cache.LeaseAsync(key, static (_, _, _) => ValueTask.FromResult(new Secret()), default);
                Assert.False(lease.Value.IsZeroed);
                if (i % 7 == 0)
                {
                    _cache.Remove(key);
                    Assert.False(lease.Value.IsZeroed);
                }
            }
        })));

        Assert.True(_cache.Count <= Limits.Count);
    }

    private async Task PutAsync(string key, Secret secret)
    {
        using var lease = await _cache.LeaseAsync(key, (_, _, _) => ValueTask.FromResult(secret), default);
    }

    private sealed class Secret : IDisposable
    {
        private int _disposals;

        public bool IsZeroed => Volatile.Read(ref _disposals) > 0;

        public void Dispose() => Assert.Equal(1, Interlocked.Increment(ref _disposals));
    }
}

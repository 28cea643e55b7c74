using Saas.Storage.Leases;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Leases;

/// <summary>What every <see cref="ILease"/> keeps. Time is faked; every test has a lease of its own.</summary>
/// <param name="open">Another instance over the same leases, as another process has it.</param>
public abstract class LeaseContract(Func<TimeProvider, Task<ILease>> open) : IAsyncLifetime
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly string _name = "cell/" + Unique.Name("l");
    private ILease _lease = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lease = await open(_time);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private ValueTask<LeaseGrant?> AcquireAsync(string owner) => _lease.AcquireAsync(_name, owner, Ttl, Ct);

    [Fact]
    public async Task AFreeLeaseIsGrantedWithTheFirstEpoch()
    {
        Assert.Equal(new LeaseGrant(_name, "a", 1, _time.GetUtcNow() + Ttl), await AcquireAsync("a"));
    }

    [Fact]
    public async Task AHeldLeaseIsRefusedToOthersUntilItExpires()
    {
        await AcquireAsync("a");
        Assert.Null(await AcquireAsync("b"));
        _time.Advance(Ttl - TimeSpan.FromMilliseconds(1));
        Assert.Null(await AcquireAsync("b"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, (await AcquireAsync("b"))!.Epoch);
    }

    [Fact]
    public async Task AcquiringAgainExtendsWithinTheSameEpoch()
    {
        var first = await AcquireAsync("a");
        _time.Advance(Ttl / 2);
        var again = await AcquireAsync("a");
        Assert.Equal(first! with { ExpiresAt = _time.GetUtcNow() + Ttl }, again);
    }

    [Fact]
    public async Task ARenewedLeaseIsHeldOn()
    {
        var grant = (await AcquireAsync("a"))!;
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Ttl * 0.9);
            grant = (await _lease.RenewAsync(grant, Ttl, Ct))!;
            Assert.Equal((1, _time.GetUtcNow() + Ttl), (grant.Epoch, grant.ExpiresAt));
            Assert.Null(await AcquireAsync("b"));
        }
    }

    [Fact]
    public async Task ALeaseTakenOverCannotBeRenewedOrReleasedByItsOldHolder()
    {
        var old = (await AcquireAsync("a"))!;
        _time.Advance(Ttl);
        var current = (await AcquireAsync("b"))!;
        Assert.Null(await _lease.RenewAsync(old, Ttl, Ct));
        await _lease.ReleaseAsync(old, Ct);
        Assert.Null(await AcquireAsync("a"));
        Assert.NotNull(await _lease.RenewAsync(current, Ttl, Ct));
    }

    [Fact]
    public async Task AnExpiredLeaseThatNobodyTookIsRenewed()
    {
        var grant = (await AcquireAsync("a"))!;
        _time.Advance(Ttl * 2);
        Assert.Equal(1, (await _lease.RenewAsync(grant, Ttl, Ct))!.Epoch);
        Assert.Null(await AcquireAsync("b"));
    }

    [Fact]
    public async Task AReleasedLeaseIsFreeAtOnceAndItsEpochRises()
    {
        var grant = (await AcquireAsync("a"))!;
        await _lease.ReleaseAsync(grant, Ct);
        await _lease.ReleaseAsync(grant, Ct);
        Assert.Null(await _lease.RenewAsync(grant, Ttl, Ct));
        Assert.Equal(2, (await AcquireAsync("b"))!.Epoch);
    }

    [Fact]
    public async Task AnUnknownLeaseIsNotRenewedAndItsReleaseDoesNothing()
    {
        var never = new LeaseGrant(_name, "a", 1, _time.GetUtcNow());
        Assert.Null(await _lease.RenewAsync(never, Ttl, Ct));
        await _lease.ReleaseAsync(never, Ct);
        Assert.Equal(1, (await AcquireAsync("b"))!.Epoch);
    }

    [Fact]
    public async Task OfManyProcessesOnlyOneGetsTheLease()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => open(_time)));
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            var grants = await Task.WhenAll(processes.Select((process, i) =>
                Task.Run(() => process.AcquireAsync(_name, $"process{i}", Ttl, Ct).AsTask())));
            Assert.Equal(epoch, Assert.Single(grants, grant => grant is not null)!.Epoch);
            _time.Advance(Ttl);
        }
    }

    [Fact]
    public async Task ALeaseOutlivesARestart()
    {
        var grant = (await AcquireAsync("a"))!;
        _lease = await open(_time);
        Assert.Null(await AcquireAsync("b"));
        Assert.NotNull(await _lease.RenewAsync(grant, Ttl, Ct));
    }

    [Fact]
    public async Task ACancelledCallThrows()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _lease.AcquireAsync(_name, "a", Ttl, cancelled).AsTask());
        Assert.Equal(1, (await AcquireAsync("b"))!.Epoch);
    }
}

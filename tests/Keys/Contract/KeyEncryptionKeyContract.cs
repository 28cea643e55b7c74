using System.Security.Cryptography;
using Saas.Contracts;

namespace Saas.Keys.Tests.Contract;

/// <summary>A key-encryption key with what a test must be able to do to it from outside.</summary>
public interface IKekHarness : IAsyncDisposable
{
    IKeyEncryptionKey Kek { get; }

    /// <summary>False where the owner rotates behind one id, as KMS does.</summary>
    bool RotationChangesTheId { get; }

    /// <summary>An id as this adapter writes them, of a version that is not there.</summary>
    string UnknownId { get; }

    Task RotateAsync();

    /// <summary>It serves no more, until <see cref="RepairAsync"/>.</summary>
    Task BreakAsync();

    Task RepairAsync();
}

/// <summary>What every <see cref="IKeyEncryptionKey"/> must hold to.</summary>
public abstract class KeyEncryptionKeyContract(Func<Task<IKekHarness>> open) : IAsyncLifetime
{
    private static readonly TenantId Tenant = TenantId.New(TimeProvider.System);
    private static readonly TenantId Other = TenantId.New(TimeProvider.System);

    private readonly byte[] _root = RandomNumberGenerator.GetBytes(TenantKeys.RootKeyBytes);
    private IKekHarness? _harness;

    private IKekHarness Harness => _harness!;

    private IKeyEncryptionKey Kek => Harness.Kek;

    public async ValueTask InitializeAsync() => _harness = await open();

    public async ValueTask DisposeAsync()
    {
        await Harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task WhatWasWrappedUnwrapsToTheSame() => Assert.True(await UnwrapsAsync(await WrapAsync()));

    [Fact]
    public async Task AWrapNamesTheCurrentVersionWhichTheKeyKnows()
    {
        var wrapped = await WrapAsync();

        Assert.Equal(await Kek.CurrentIdAsync(default), wrapped.KekId);
        Assert.True(Kek.Knows(wrapped.KekId));
        Assert.False(Kek.Knows("of nobody"));
    }

    [Fact]
    public async Task WrappingTheSameTwiceGivesDifferentBytes() => Assert.NotEqual((await WrapAsync()).Bytes, (await WrapAsync()).Bytes);

    [Fact]
    public async Task WrappedBytesDoNotHoldTheKey() => Assert.True((await WrapAsync()).Bytes.AsSpan().IndexOf(_root) < 0);

    [Fact]
    public async Task AnotherTenantIsRefused()
    {
        var wrapped = await WrapAsync();

        await Assert.ThrowsAsync<WrappedKeyBrokenException>(async () => await Kek.UnwrapAsync(Other, wrapped, default));
    }

    [Fact]
    public async Task AlteredOrCutBytesAreRefused()
    {
        var wrapped = await WrapAsync();
        for (var i = 0; i < wrapped.Bytes.Length; i += 7)
        {
            var altered = wrapped.Bytes.ToArray();
            altered[i] ^= 0x40;
            await RefusesAsync(wrapped with { Bytes = altered });
        }

        await RefusesAsync(wrapped with { Bytes = wrapped.Bytes[..^1] });
        await RefusesAsync(wrapped with { Bytes = [.. wrapped.Bytes, 0] });
    }

    [Fact]
    public async Task AfterARotationTheNewVersionWrapsAndTheOldStillUnwraps()
    {
        var before = await WrapAsync();
        await Harness.RotateAsync();
        var after = await WrapAsync();

        Assert.Equal(Harness.RotationChangesTheId, before.KekId != after.KekId);
        Assert.Equal(await Kek.CurrentIdAsync(default), after.KekId);
        Assert.True(await UnwrapsAsync(before));
        Assert.True(await UnwrapsAsync(after));
    }

    [Fact]
    public async Task AVersionThatIsNotThereIsUnavailable()
    {
        var wrapped = await WrapAsync() with { KekId = Harness.UnknownId };

        await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(async () => await Kek.UnwrapAsync(Tenant, wrapped, default));
    }

    [Fact]
    public async Task AKeyThatDoesNotServeIsUnavailableUntilItDoes()
    {
        var wrapped = await WrapAsync();
        await Harness.BreakAsync();

        var wrapping = await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(WrapAsync);
        var unwrapping = await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => UnwrapsAsync(wrapped));
        await Harness.RepairAsync();

        Assert.True(await UnwrapsAsync(wrapped));
        Assert.True(await UnwrapsAsync(await WrapAsync()));
        foreach (var text in new[] { wrapping.ToString(), unwrapping.ToString() })
        {
            Assert.DoesNotContain(Convert.ToBase64String(_root)[..40], text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(_root), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task ManyAtOnceDoNotMixUp()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            var (tenant, root) = (TenantId.New(TimeProvider.System), RandomNumberGenerator.GetBytes(TenantKeys.RootKeyBytes));
            using var back = await Kek.UnwrapAsync(tenant, await Kek.WrapAsync(tenant, root, default), default);
            return back.Span.SequenceEqual(root);
        })));

        Assert.All(all, Assert.True);
    }

    [Fact]
    public async Task ACallerThatGaveUpIsToldSo()
    {
        var wrapped = await WrapAsync();
        using var given = new CancellationTokenSource();
        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Kek.UnwrapAsync(Tenant, wrapped, given.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Kek.WrapAsync(Tenant, _root, given.Token));
    }

    private Task<WrappedKey> WrapAsync() => Kek.WrapAsync(Tenant, _root, default).AsTask();

    private async Task<bool> UnwrapsAsync(WrappedKey wrapped)
    {
        using var back = await Kek.UnwrapAsync(Tenant, wrapped, default);
        return back.Span.SequenceEqual(_root);
    }

    private Task<WrappedKeyBrokenException> RefusesAsync(WrappedKey wrapped) =>
        Assert.ThrowsAsync<WrappedKeyBrokenException>(async () => await Kek.UnwrapAsync(Tenant, wrapped, default));
}

using Saas.Contracts;
using Saas.Keys.Tests.LocalFile;
using Xunit.Sdk;

namespace Saas.Keys.Tests.Contract;

/// <summary>The contract suite must notice a key that breaks a rule: each of these breaks one.</summary>
public sealed class KeyEncryptionKeyContractProof
{
    private static readonly TenantId Anybody = TenantId.New(TimeProvider.System);

    public static TheoryData<string, Func<IKeyEncryptionKey, IKeyEncryptionKey>, Func<KeyEncryptionKeyContract, Task>> BrokenKeys => new()
    {
        { "forgets the tenant", static real => new ForgetsTheTenant(real), static suite => suite.AnotherTenantIsRefused() },
        { "wraps nothing", static real => new WrapsNothing(real), static suite => suite.WrappedBytesDoNotHoldTheKey() },
        { "accepts altered bytes", static real => new WrapsNothing(real), static suite => suite.AlteredOrCutBytesAreRefused() },
        { "wraps always alike", static real => new WrapsNothing(real), static suite => suite.WrappingTheSameTwiceGivesDifferentBytes() },
        { "misses rotations", static real => new StaysWithItsFirstVersion(real), static suite => suite.AfterARotationTheNewVersionWrapsAndTheOldStillUnwraps() },
        { "calls every failure broken", static real => new MisnamesFailures(real), static suite => suite.AKeyThatDoesNotServeIsUnavailableUntilItDoes() },
        { "calls a missing version broken", static real => new MisnamesFailures(real), static suite => suite.AVersionThatIsNotThereIsUnavailable() },
    };

    [Theory]
    [MemberData(nameof(BrokenKeys), DisableDiscoveryEnumeration = true)]
    public async Task TheSuiteFailsAKeyThat(
        string fault, Func<IKeyEncryptionKey, IKeyEncryptionKey> breaking, Func<KeyEncryptionKeyContract, Task> fact)
    {
        await using var suite = new Suite(() => Task.FromResult<IKekHarness>(new BrokenHarness(breaking)));
        await suite.InitializeAsync();

        var failure = await Record.ExceptionAsync(() => fact(suite));

        Assert.True(failure is XunitException, $"A key that {fault} passed: {failure}");
    }

    private sealed class Suite(Func<Task<IKekHarness>> open) : KeyEncryptionKeyContract(open);

    private sealed class BrokenHarness(Func<IKeyEncryptionKey, IKeyEncryptionKey> breaking) : LocalFileHarness
    {
        private IKeyEncryptionKey? _broken;

        public override IKeyEncryptionKey Kek => _broken ??= breaking(base.Kek);
    }

    private abstract class Wrapper(IKeyEncryptionKey real) : IKeyEncryptionKey
    {
        public bool Knows(string kekId) => real.Knows(kekId);

        public virtual ValueTask<string> CurrentIdAsync(CancellationToken ct) => real.CurrentIdAsync(ct);

        public virtual ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct) =>
            real.WrapAsync(tenant, rootKey, ct);

        public virtual ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct) =>
            real.UnwrapAsync(tenant, wrapped, ct);
    }

    private sealed class ForgetsTheTenant(IKeyEncryptionKey real) : Wrapper(real)
    {
        public override ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct) =>
            base.WrapAsync(Anybody, rootKey, ct);

        public override ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct) =>
            base.UnwrapAsync(Anybody, wrapped, ct);
    }

    private sealed class WrapsNothing(IKeyEncryptionKey real) : Wrapper(real)
    {
        public override async ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct) =>
            new(await CurrentIdAsync(ct), rootKey.ToArray());

        public override ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct) =>
            ValueTask.FromResult(SecretBuffer.CopyOf(wrapped.Bytes));
    }

    private sealed class StaysWithItsFirstVersion(IKeyEncryptionKey real) : Wrapper(real)
    {
        private string? _first;

        public override async ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct)
        {
            var wrapped = await base.WrapAsync(tenant, rootKey, ct);
            return wrapped with { KekId = _first ??= wrapped.KekId };
        }
    }

    private sealed class MisnamesFailures(IKeyEncryptionKey real) : Wrapper(real)
    {
        public override async ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
        {
            try
            {
                return await base.UnwrapAsync(tenant, wrapped, ct);
            }
            catch (KeyEncryptionUnavailableException e)
            {
                throw new WrappedKeyBrokenException(e.Message, e);
            }
        }
    }
}

using Saas.Contracts;

namespace Saas.Keys;

/// <summary>
/// The key outside the store under which tenants' root keys are kept. It has versions: the newest wraps, every one that
/// was not destroyed unwraps. Adapters must hold to what follows; KeyEncryptionKeyContract in tests/Keys checks it.
/// <list type="number">
/// <item>What was wrapped for one tenant does not unwrap for another, and what was altered does not unwrap at all:
/// <see cref="WrappedKeyBrokenException"/>.</item>
/// <item>No answer, an overloaded answer, a refusal, a key or version that is disabled, gone or of another kind:
/// <see cref="KeyEncryptionUnavailableException"/>, after the adapter's own retries. Nothing is changed then.</item>
/// <item>After a rotation the next wrap, of this process too, is by the new version, and what older versions wrapped
/// still unwraps.</item>
/// <item>Safe for concurrent use. No message of an exception has key material in it.</item>
/// </list>
/// </summary>
public interface IKeyEncryptionKey
{
    /// <summary>Whether the id could be of a version of this key; asks nobody.</summary>
    bool Knows(string kekId);

    /// <summary>The version that wraps now, as <see cref="WrappedKey.KekId"/> names it.</summary>
    ValueTask<string> CurrentIdAsync(CancellationToken ct);

    /// <param name="rootKey">32 bytes; stays the caller's, and is not read once this has returned.</param>
    ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct);

    /// <summary>By the version that wrapped it. The caller disposes what it gets.</summary>
    ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct);
}

/// <param name="KekId">The key and version it was wrapped by; of one adapter only.</param>
/// <param name="Bytes">The adapter's own format.</param>
public sealed record WrappedKey(string KekId, byte[] Bytes);

using Saas.Contracts;

namespace Saas.Keys;

/// <summary>
/// The key that wraps, and those that wrapped before it: how an installation goes from one key, or kind of key, to
/// another without standing still. <see cref="RootKeyRewrap"/> brings everything under the first.
/// </summary>
internal sealed class KeyEncryptionKeys(IKeyEncryptionKey current, IReadOnlyList<IKeyEncryptionKey> former) : IKeyEncryptionKey, IDisposable
{
    private readonly IKeyEncryptionKey[] _all = [current, .. former];

    public bool Knows(string kekId) => Array.Exists(_all, kek => kek.Knows(kekId));

    public ValueTask<string> CurrentIdAsync(CancellationToken ct) => current.CurrentIdAsync(ct);

    public ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct) => current.WrapAsync(tenant, rootKey, ct);

    public async ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
    {
        KeyEncryptionUnavailableException? failure = null;
        foreach (var kek in _all.Where(kek => kek.Knows(wrapped.KekId)))
        {
            try
            {
                return await kek.UnwrapAsync(tenant, wrapped, ct);
            }
            catch (KeyEncryptionUnavailableException e)
            {
                // Of two files both could have the version; only one has.
                failure ??= e;
            }
        }

        throw failure ?? new KeyEncryptionUnavailableException($"No configured key is {wrapped.KekId}: add it to {KeysServices.FormerSetting}.");
    }

    public void Dispose()
    {
        foreach (var kek in _all)
        {
            (kek as IDisposable)?.Dispose();
        }
    }
}

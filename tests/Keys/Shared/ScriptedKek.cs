using Saas.Contracts;

namespace Saas.Keys.Tests.Shared;

/// <summary>Passes on to another, and counts, fails and waits as the test says.</summary>
internal sealed class ScriptedKek(IKeyEncryptionKey inner) : IKeyEncryptionKey
{
    private int _unwraps;

    public int Unwraps => Volatile.Read(ref _unwraps);

    public bool IsDown { get; set; }

    /// <summary>Every unwrap waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public bool Knows(string kekId) => inner.Knows(kekId);

    public ValueTask<string> CurrentIdAsync(CancellationToken ct)
    {
        ThrowIfDown();
        return inner.CurrentIdAsync(ct);
    }

    public ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct)
    {
        ThrowIfDown();
        return inner.WrapAsync(tenant, rootKey, ct);
    }

    public async ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
    {
        Interlocked.Increment(ref _unwraps);
        await Gate;
        ThrowIfDown();
        return await inner.UnwrapAsync(tenant, wrapped, ct);
    }

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new KeyEncryptionUnavailableException("The test has it down.");
        }
    }
}

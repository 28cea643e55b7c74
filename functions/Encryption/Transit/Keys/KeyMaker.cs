using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// Makes material. An RSA key takes a processor up to seconds: only as many are made at once as leave others a
/// processor, and whoever wants one more waits without holding a thread.
/// </summary>
internal sealed class KeyMaker : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Of the key's type and size.</summary>
    public Task<KeyMaterial> MakeAsync(TransitKey key, CancellationToken ct) =>
        MakeAsync(key.Type, key.KeySize == 0 ? HmacMaterial.MinKeyBytes : key.KeySize, ct);

    /// <param name="hmacKeyBytes">Of a key of type hmac.</param>
    public async Task<KeyMaterial> MakeAsync(KeyType type, int hmacKeyBytes, CancellationToken ct)
    {
        if (!type.IsRsa)
        {
            return KeyMaterial.Generate(type, hmacKeyBytes);
        }

        await _places.WaitAsync(ct);
        try
        {
            return await Task.Run(() => KeyMaterial.Generate(type), ct);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}

using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;
using Saas.Keys;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>A version, and its value unless it is deleted or destroyed.</summary>
internal sealed record VersionRead(SecretRecord Secret, VersionRecord Version, SecretBuffer? Value) : IDisposable
{
    private const int MaxAttempts = 5;

    /// <summary>The version the request asks for, else the last; null if there is none such.</summary>
    /// <exception cref="VaultException">400: the parameter is no number.</exception>
    public static async ValueTask<VersionRead?> FindAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var number = KvQuery.Int(request, "version");
        var time = request.Service<TimeProvider>();
        using var rows = await KvRows.OpenAsync(request, ct);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await rows.FindAsync(path.Text, ct) is not { Value: var secret }
                || secret.Find(number > 0 ? number : secret.Current) is not { } version)
            {
                return null;
            }

            if (version.IsDestroyed || version.IsDeleted(time.GetUtcNow()))
            {
                return new VersionRead(secret, version, null);
            }

            if (await rows.ValueAsync(secret, version.Number, ct) is { } value)
            {
                return new VersionRead(secret, version, value);
            }

            // Destroyed or pruned between the two reads: the record says so by now.
        }

        throw new InvalidDataException("could not find version data");
    }

    public void Dispose() => Value?.Dispose();
}

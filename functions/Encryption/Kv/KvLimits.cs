using Microsoft.AspNetCore.Http;
using Saas.Encryption.Vault;
using Saas.Keys;
using Saas.Storage.Tables;

namespace Saas.Encryption.Kv;

internal static class KvLimits
{
    /// <summary>Versions kept where neither the secret nor the mount says how many; Vault's own.</summary>
    public const int DefaultMaxVersions = 10;

    /// <summary>What <c>max_versions</c> may be: all versions of a secret are told in one row.</summary>
    public const int MaxVersions = 1000;

    /// <summary>Of one version's value as JSON, 983,007: what fits into a row once it is sealed. Vault's is about 1 MiB.</summary>
    public const int MaxValueBytes = TableLimits.MaxValueBytes - TenantSeal.OverheadBytes;

    /// <summary>Names in one folder that a listing reads.</summary>
    public const int MaxListed = 100_000;

    /// <summary>Rows of versions removed in one batch, which has to have room for a secret's folders beside them.</summary>
    public const int MaxDropped = 30;

    /// <summary>In Vault's words; for a value and, where a thousand versions were made by callers with long names, for their record.</summary>
    /// <exception cref="VaultException">413: more bytes than a row holds.</exception>
    public static void CheckSize(int bytes)
    {
        if (bytes > MaxValueBytes)
        {
            throw new VaultException(
                StatusCodes.Status413PayloadTooLarge,
                $"put failed due to value being too large; got {bytes} bytes, max: {MaxValueBytes} bytes");
        }
    }
}

using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Saas.Registry.Consul;

namespace Saas.Registry.Kv;

/// <summary>How much a domain's keys may hold. It lives in memory wherever it is served.</summary>
internal static class KvLimits
{
    /// <summary>Of one value: Consul's own default.</summary>
    public const int MaxValueBytes = 512 * 1024;

    /// <summary>In UTF-8. Consul has no limit of its own; its clients' requests end at about this.</summary>
    public const int MaxKeyBytes = 4096;

    public const int MaxKeys = 500_000;

    /// <summary>Of all keys and values together.</summary>
    public const long MaxTotalBytes = 64L * 1024 * 1024;

    /// <exception cref="RegistryException">400: over-long.</exception>
    public static string Checked(string key)
    {
        var bytes = key.Length > MaxKeyBytes ? key.Length : Encoding.UTF8.GetByteCount(key);
        return bytes <= MaxKeyBytes
            ? key
            : throw RegistryException.BadRequest(string.Create(CultureInfo.InvariantCulture, $"Key name too long ({bytes} > {MaxKeyBytes} bytes)"));
    }

    /// <exception cref="RegistryException">413: the domain is full.</exception>
    public static void Check(KvState grown)
    {
        if (grown.Entries.Count > MaxKeys)
        {
            throw new RegistryException(StatusCodes.Status413PayloadTooLarge, $"Too many keys: a datacenter of a namespace holds at most {MaxKeys}");
        }

        if (grown.Bytes > MaxTotalBytes)
        {
            throw new RegistryException(
                StatusCodes.Status413PayloadTooLarge, $"Too much data: the keys and values of a datacenter of a namespace have at most {MaxTotalBytes} bytes");
        }
    }
}

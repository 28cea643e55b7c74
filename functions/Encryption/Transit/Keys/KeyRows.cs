using System.Globalization;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// The rows of a mount's keys, all sealed. A key's own row is replaced at every change; a version's row is written once
/// and removed when the version is trimmed away or the key deleted. Version rows go by the key's id, so what is left of
/// a deleted key is never taken for its successor's.
/// </summary>
internal static class KeyRows
{
    public const string Table = "transitkeys";

    public const string KeyPrefix = "key|";

    /// <summary>Version rows that belong to no key, until they are gone too: of a key that was deleted, or is not there yet.</summary>
    public const string GonePrefix = "gone|";

    /// <summary>Of a gone row: the key was deleted.</summary>
    public static readonly ReadOnlyMemory<byte> Deleted = new byte[] { 1 };

    /// <summary>Of a gone row: the key has more versions than fit into one batch, and is being written.</summary>
    public static readonly ReadOnlyMemory<byte> BeingWritten = new byte[] { 2 };

    public const string WrappingKey = "wrapping";

    public const string Settings = "settings";

    public static string Key(string name) => KeyPrefix + name;

    public static string Gone(string keyId) => GonePrefix + keyId;

    public static string Version(string keyId, TransitKeyVersion version) => version.Revision == 0
        ? Version(keyId, version.Number)
        : string.Create(CultureInfo.InvariantCulture, $"{Version(keyId, version.Number)}|{version.Revision}");

    /// <summary>Every version row of the key, in the order of versions.</summary>
    public static RowRange Versions(string keyId) => RowRange.Prefix(VersionPrefix(keyId));

    /// <summary>The key's version rows from a version to below another.</summary>
    public static RowRange Versions(string keyId, int from, int below) => new(Version(keyId, from), Version(keyId, below));

    private static string Version(string keyId, int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{VersionPrefix(keyId)}{version:D10}");

    private static string VersionPrefix(string keyId) => $"version|{keyId}|";
}

using System.Globalization;

namespace Saas.Storage.Sqlite;

/// <summary>ETags are numbers that the file gives out once.</summary>
internal static class ETag
{
    public static string Format(long number) => number.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>The number, or one that no row has: an ETag of another store matches nothing.</summary>
    public static long Parse(string etag) =>
        long.TryParse(etag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

namespace Saas.EdgeAgent.Sessions;

/// <summary>The kind of a file by its first bytes: what of the WHATWG's MIME sniffing tells text, pictures and archives apart.</summary>
internal static class ContentTypes
{
    public const int SniffedBytes = 512;
    public const string Unknown = "application/octet-stream";

    private static readonly (byte[] Begins, string Type)[] Signatures =
    [
        ("%PDF-"u8.ToArray(), "application/pdf"),
        ("%!PS-Adobe-"u8.ToArray(), "application/postscript"),
        ([0xFE, 0xFF], "text/plain; charset=utf-16be"),
        ([0xFF, 0xFE], "text/plain; charset=utf-16le"),
        ([0xEF, 0xBB, 0xBF], "text/plain; charset=utf-8"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
        ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        ("GIF87a"u8.ToArray(), "image/gif"),
        ("GIF89a"u8.ToArray(), "image/gif"),
        ([0x1F, 0x8B, 0x08], "application/x-gzip"),
        ([(byte)'P', (byte)'K', 3, 4], "application/zip"),
    ];

    private static readonly (string Begins, string Type)[] Markups =
    [
        ("<!DOCTYPE HTML", "text/html; charset=utf-8"), ("<HTML", "text/html; charset=utf-8"), ("<HEAD", "text/html; charset=utf-8"),
        ("<SCRIPT", "text/html; charset=utf-8"), ("<BODY", "text/html; charset=utf-8"), ("<!--", "text/html; charset=utf-8"),
        ("<?xml", "text/xml; charset=utf-8"),
    ];

    /// <param name="head">At most <see cref="SniffedBytes"/>; empty: not known.</param>
    public static string Of(string name, ReadOnlySpan<byte> head)
    {
        if (name.EndsWith(".json", StringComparison.Ordinal))
        {
            return "application/json";
        }

        if (head.IsEmpty)
        {
            return Unknown;
        }

        foreach (var (begins, type) in Signatures)
        {
            if (head.StartsWith(begins))
            {
                return type;
            }
        }

        var text = System.Text.Encoding.Latin1.GetString(head.TrimStart(" \t\r\n\f"u8));
        foreach (var (begins, type) in Markups)
        {
            if (text.StartsWith(begins, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        foreach (var b in head)
        {
            if (b is <= 0x08 or 0x0B or (>= 0x0E and <= 0x1A) or (>= 0x1C and <= 0x1F))
            {
                return Unknown;
            }
        }

        return "text/plain; charset=utf-8";
    }
}

using System.Buffers;
using System.Text;

namespace Saas.Storage.Tables;

/// <summary>What may stand in a key, and how anything else is made to fit.</summary>
public static class TableKeys
{
    private const string Safe = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-.";
    private static readonly SearchValues<char> SafeSet = SearchValues.Create(Safe);

    /// <summary>
    /// <paramref name="text"/> with every character outside letters, digits, <c>_ - .</c> as <c>=</c> and the
    /// hexadecimal of its UTF-8 bytes. Different texts give different keys.
    /// </summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(SafeSet))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && SafeSet.Contains((char)rune.Value))
            {
                escaped.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                escaped.Append('=').Append(b.ToString("X2"));
            }
        }

        return escaped.ToString();
    }

    /// <exception cref="ArgumentException">The key cannot be stored.</exception>
    public static void Check(string key, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(key, name);
        if (key.Length > TableLimits.MaxKeyLength)
        {
            throw new ArgumentException($"A key has at most {TableLimits.MaxKeyLength} characters; this has {key.Length}.", name);
        }

        foreach (var c in key)
        {
            if (c is < ' ' or > '~' or '/' or '\\' or '#' or '?' or '%')
            {
                throw new ArgumentException("A key is printable ASCII without / \\ # ? %.", name);
            }
        }
    }

    /// <exception cref="ArgumentException">Not a table name.</exception>
    public static void CheckTable(string table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Length is < 3 or > 63 || !char.IsAsciiLetterLower(table[0])
            || table.AsSpan().ContainsAnyExcept(TableNameSet))
        {
            throw new ArgumentException("A table is named by 3 to 63 lower-case letters and digits, a letter first.", nameof(table));
        }
    }

    private static readonly SearchValues<char> TableNameSet = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
}

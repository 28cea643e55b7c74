using System.Globalization;
using System.Text;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv;

/// <summary>Where a secret is: names divided by slashes, the last one the secret's, those before it folders'.</summary>
internal readonly record struct KvPath
{
    /// <summary>Of the whole path, in UTF-8.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Names. Creating and removing a secret writes its folders in the same batch, which has 100 rows.</summary>
    public const int MaxNames = 64;

    private KvPath(string text) => Text = text;

    public string Text { get; }

    /// <summary>Ends in a slash; empty for the mount's root.</summary>
    public string Folder => Text[..(Text.LastIndexOf('/') + 1)];

    public string Name => Text[(Text.LastIndexOf('/') + 1)..];

    /// <summary>The folders the secret is in, the innermost first: of <c>a/b/c</c> they are <c>b/</c> in <c>a/</c> and <c>a/</c> in the root.</summary>
    public IEnumerable<(string Parent, string Name)> Folders
    {
        get
        {
            for (var folder = Folder; folder.Length > 0;)
            {
                var parent = folder[..(folder.LastIndexOf('/', folder.Length - 2) + 1)];
                yield return (parent, folder[parent.Length..]);
                folder = parent;
            }
        }
    }

    /// <exception cref="VaultException">400: no path a secret can have.</exception>
    public static KvPath Parse(string text)
    {
        Check(text);
        return new KvPath(text);
    }

    /// <summary>A folder's path, with or without the slash at its end; empty for the mount's root.</summary>
    /// <returns>Empty, or with a slash at its end.</returns>
    /// <exception cref="VaultException">400: no path a folder can have.</exception>
    public static string ParseFolder(string text)
    {
        var trimmed = text.EndsWith('/') ? text[..^1] : text;
        if (trimmed.Length == 0 && text.Length == 0)
        {
            return "";
        }

        Check(trimmed);
        return trimmed + "/";
    }

    public override string ToString() => Text;

    private static void Check(string text)
    {
        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            throw VaultException.BadRequest($"invalid path: expected at most {MaxBytes} bytes");
        }

        var names = text.Split('/');
        if (names.Length > MaxNames)
        {
            throw VaultException.BadRequest($"invalid path: expected at most {MaxNames} names divided by slashes");
        }

        if (names.Any(name => name is "" or "." or ".."))
        {
            throw VaultException.BadRequest("invalid path: expected no name to be empty, '.' or '..'");
        }

        if (!IsPrintable(text))
        {
            throw VaultException.BadRequest("invalid path: expected printable characters");
        }
    }

    /// <summary>Letters, marks, digits, punctuation, symbols and the space: what Go, and so Vault, calls printable.</summary>
    public static bool IsPrintable(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // The replacement character is what EnumerateRunes makes of half a surrogate pair.
            var isPrintable = rune.Value == ' ' || (rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator => false,
                _ => true,
            });
            if (!isPrintable)
            {
                return false;
            }
        }

        return true;
    }
}

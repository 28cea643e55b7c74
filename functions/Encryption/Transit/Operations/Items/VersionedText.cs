using System.Buffers.Text;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>What Vault gives out and takes back: <c>vault:v3:</c> and something in base 64.</summary>
internal readonly ref struct VersionedText
{
    private VersionedText(VersionedTextFault fault, int version = 0, ReadOnlySpan<byte> payload = default)
    {
        (Fault, Version) = (fault, version);
        Payload = payload;
    }

    public VersionedTextFault Fault { get; }

    /// <summary>As written; may be none that exists.</summary>
    public int Version { get; }

    /// <summary>Still encoded.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public static VersionedText Parse(ReadOnlySpan<byte> text)
    {
        var prefix = "vault:v"u8;
        if (!text.StartsWith(prefix))
        {
            return new VersionedText(VersionedTextFault.NoPrefix);
        }

        text = text[prefix.Length..];
        var colon = text.IndexOf((byte)':');
        if (colon < 0)
        {
            return new VersionedText(VersionedTextFault.WrongNumberOfFields);
        }

        return Utf8Parser.TryParse(text[..colon], out int version, out var consumed) && consumed == colon
            ? new VersionedText(VersionedTextFault.None, version, text[(colon + 1)..])
            : new VersionedText(VersionedTextFault.NoVersion);
    }
}

internal enum VersionedTextFault
{
    None,
    NoPrefix,
    WrongNumberOfFields,
    NoVersion,
}

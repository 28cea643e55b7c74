using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>The two forms in which hashes and random bytes are answered.</summary>
internal static class TextFormat
{
    /// <exception cref="VaultException">400: neither.</exception>
    public static bool IsHex(string format) => format switch
    {
        "hex" => true,
        "base64" => false,
        _ => throw VaultException.BadRequest($"unsupported encoding format \"{format}\"; must be \"hex\" or \"base64\""),
    };

    public static void Write(PooledBuffer output, ReadOnlySpan<byte> bytes, bool isHex)
    {
        if (isHex)
        {
            output.WriteHex(bytes);
        }
        else
        {
            output.WriteBase64(bytes);
        }
    }
}

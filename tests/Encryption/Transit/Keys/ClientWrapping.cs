using System.Security.Cryptography;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>What a client does to bring its own key: PKCS#11's CKM_RSA_AES_KEY_WRAP, with nothing of ours.</summary>
internal static class ClientWrapping
{
    /// <param name="key">Raw for symmetric keys, PKCS#8 for the others.</param>
    /// <returns>Base 64, as the import takes it.</returns>
    public static string Wrap(string wrappingKeyPem, byte[] key, HashAlgorithmName? hash = null)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(wrappingKeyPem);
        var ephemeral = RandomNumberGenerator.GetBytes(32);
        using var aes = Aes.Create();
        aes.Key = ephemeral;
        return Convert.ToBase64String(
            [.. rsa.Encrypt(ephemeral, RSAEncryptionPadding.CreateOaep(hash ?? HashAlgorithmName.SHA256)), .. aes.EncryptKeyWrapPadded(key)]);
    }

    public static byte[] Unwrap(RSA wrappingKey, string wrapped, HashAlgorithmName hash)
    {
        var bytes = Convert.FromBase64String(wrapped);
        var modulusBytes = wrappingKey.KeySize / 8;
        using var aes = Aes.Create();
        aes.Key = wrappingKey.Decrypt(bytes[..modulusBytes], RSAEncryptionPadding.CreateOaep(hash));
        return aes.DecryptKeyWrapPadded(bytes.AsSpan(modulusBytes));
    }

    /// <summary>An ed25519 private key in PKCS#8 (RFC 8410).</summary>
    public static byte[] Ed25519(byte[] seed) =>
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20, .. seed];
}

namespace Azure.Security.KeyVault.Keys.Cryptography;

public class WrapResult
{
    internal WrapResult(string keyId, byte[] encryptedKey, KeyWrapAlgorithm algorithm) =>
        (KeyId, EncryptedKey, Algorithm) = (keyId, encryptedKey, algorithm);

    public string KeyId { get; }

    public byte[] EncryptedKey { get; }

    public KeyWrapAlgorithm Algorithm { get; }
}

public class UnwrapResult
{
    internal UnwrapResult(string keyId, byte[] key, KeyWrapAlgorithm algorithm) => (KeyId, Key, Algorithm) = (keyId, key, algorithm);

    public string KeyId { get; }

    public byte[] Key { get; }

    public KeyWrapAlgorithm Algorithm { get; }
}

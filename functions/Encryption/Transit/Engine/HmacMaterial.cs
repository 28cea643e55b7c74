using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>A version of an hmac key: the key of the hmac operation is the key itself.</summary>
internal sealed class HmacMaterial : KeyMaterial
{
    public const int MinKeyBytes = 32;
    public const int MaxKeyBytes = 512;

    /// <summary>Takes the buffer over.</summary>
    internal HmacMaterial(SecretBuffer key)
        : base(KeyType.Hmac, key)
    {
    }

    public override bool HasPrivateKey => true;

    public static bool IsKeyLength(int bytes) => bytes is >= MinKeyBytes and <= MaxKeyBytes;

    private protected override SecretBuffer CopyKey() => SecretBuffer.CopyOf(HmacKey);
}

using Saas.Cluster;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations;

/// <summary>What encrypt, decrypt, rewrap and datakey have in common.</summary>
internal abstract class CipherVerb(OperationInput input, LeasedVersions versions) : ItemVerb(input)
{
    public override string Meter => Meters.Transit(Key.Type.WireName);

    public override LeasedVersions Versions => versions;

    protected KeyCipher Cipher { get; } = new(versions);

    protected TransitKey Key => versions.Key;

    protected static void WriteCiphertext(PooledBuffer output, int version, ReadOnlySpan<byte> ciphertext)
    {
        output.Write("\"ciphertext\":\""u8);
        output.WriteVersion(version);
        output.WriteBase64(ciphertext);
        output.Write("\",\"key_version\":"u8);
        output.WriteInteger(version);
    }

    /// <summary>Of the item at the index, if it can be encrypted at all.</summary>
    protected int VersionToEncryptWith(int index) =>
        Cipher.ChooseVersion(Input[index].KeyVersion, out var version).IsNone ? version : 0;

    protected int VersionToDecryptWith(int index)
    {
        ref readonly var item = ref Input[index];
        return Cipher.ReadVersion(Input.Text(item, Param.Ciphertext), out var version, out _).IsNone ? version : 0;
    }
}

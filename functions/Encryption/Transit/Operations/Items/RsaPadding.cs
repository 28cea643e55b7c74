using System.Text;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>How RSA pads what it encrypts: OAEP with SHA-256 unless the item says otherwise.</summary>
/// <param name="Hash">Of OAEP.</param>
internal readonly record struct RsaPadding(RsaPaddingScheme Scheme, DigestAlgorithm Hash)
{
    /// <param name="scheme">The parameter that names the scheme in this operation.</param>
    public static ItemFault Read(OperationInput input, int index, KeyType type, Param scheme, out RsaPadding padding)
    {
        padding = new RsaPadding(RsaPaddingScheme.Oaep, DigestAlgorithm.Sha256);
        ref readonly var item = ref input[index];
        var name = input.Text(item, scheme);
        if (!name.IsEmpty)
        {
            if (name.SequenceEqual("pkcs1v15"u8))
            {
                padding = padding with { Scheme = RsaPaddingScheme.Pkcs1v15 };
            }
            else if (!name.SequenceEqual("oaep"u8))
            {
                return Invalid(index, scheme, "unknown padding scheme");
            }

            if (!type.SupportsPaddingScheme)
            {
                return Invalid(index, scheme, $"unsupported key type {type.WireName} for padding scheme");
            }
        }

        var hash = input.Text(item, Param.HashAlgorithm);
        if (hash.IsEmpty)
        {
            return default;
        }

        if (!Digests.TryParse(Encoding.UTF8.GetString(hash), out var digest) || digest == DigestAlgorithm.None)
        {
            return Invalid(index, Param.HashAlgorithm, "unknown hash algorithm");
        }

        padding = padding with { Hash = digest };
        return type.SupportsPaddingScheme
            ? default
            : Invalid(index, Param.HashAlgorithm, $"unsupported key type {type.WireName} for hash algorithm");
    }

    private static ItemFault Invalid(int index, Param param, string why) => $"'[{index}].{param.Name()}' invalid: {why}";
}

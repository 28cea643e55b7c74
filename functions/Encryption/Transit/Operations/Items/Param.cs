using System.Text;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>The parameters of all operations: first those an item of a batch may have, then those of a whole request.</summary>
internal enum Param : byte
{
    Plaintext,
    Ciphertext,
    Input,
    Context,
    Nonce,
    AssociatedData,
    Reference,
    Signature,
    Hmac,
    SignatureContext,
    PaddingScheme,
    DecryptPaddingScheme,
    EncryptPaddingScheme,
    HashAlgorithm,

    /// <summary>From here on an item's parameters are numbers.</summary>
    KeyVersion,
    Bits,

    /// <summary>From here on parameters are the request's alone.</summary>
    BatchInput,
    Algorithm,
    SignatureAlgorithm,
    MarshalingAlgorithm,
    SaltLength,
    Prehashed,
    Type,
    ConvergentEncryption,
    PartialFailureResponseCode,
    Format,
    Bytes,
    Source,
    Count,

    /// <summary>No parameter.</summary>
    Unknown,
}

/// <summary>The names of the parameters in JSON.</summary>
internal static class Params
{
    /// <summary>Of an item, as text.</summary>
    public const int Texts = (int)Param.KeyVersion;

    /// <summary>Of a whole request.</summary>
    public const int All = (int)Param.Unknown;

    private static readonly string[] Names =
    [
        "plaintext", "ciphertext", "input", "context", "nonce", "associated_data", "reference", "signature", "hmac",
        "signature_context", "padding_scheme", "decrypt_padding_scheme", "encrypt_padding_scheme", "hash_algorithm",
        "key_version", "bits", "batch_input", "algorithm", "signature_algorithm", "marshaling_algorithm", "salt_length",
        "prehashed", "type", "convergent_encryption", "partial_failure_response_code", "format", "bytes", "source", "count",
    ];

    /// <summary>By length of the name: a name is compared with at most a handful of others, and never hashed.</summary>
    private static readonly (byte[] Name, Param Param)[][] ByLength = [.. Enumerable.Range(0, Names.Max(n => n.Length) + 1)
        .Select(length => Names.Select((name, i) => (Encoding.ASCII.GetBytes(name), (Param)i)).Where(n => n.Item1.Length == length).ToArray())];

    public static string Name(this Param param) => Names[(int)param];

    public static bool IsNumber(this Param param) => param is Param.KeyVersion or Param.Bits;

    public static Param Find(ReadOnlySpan<byte> name)
    {
        if (name.Length < ByLength.Length)
        {
            foreach (var (candidate, param) in ByLength[name.Length])
            {
                if (name.SequenceEqual(candidate))
                {
                    return param;
                }
            }
        }

        return Param.Unknown;
    }
}

/// <summary>A set of parameters.</summary>
internal readonly struct ParamSet
{
    private readonly ulong _bits;

    public ParamSet(params ReadOnlySpan<Param> members)
    {
        foreach (var member in members)
        {
            _bits |= 1UL << (int)member;
        }
    }

    private ParamSet(ulong bits) => _bits = bits;

    public static ParamSet operator +(ParamSet one, ParamSet other) => new(one._bits | other._bits);

    public bool Contains(Param param) => (_bits & (1UL << (int)param)) != 0;
}

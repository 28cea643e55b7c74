using System.Globalization;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations;

/// <summary>What sign and verify take for the whole request.</summary>
internal static class SignatureParams
{
    public static readonly ParamSet Known = new(
        Param.Input, Param.Context, Param.Reference, Param.SignatureContext, Param.HashAlgorithm, Param.Algorithm, Param.SignatureAlgorithm,
        Param.MarshalingAlgorithm, Param.SaltLength, Param.Prehashed, Param.BatchInput);

    /// <summary>The algorithm of the path, else of the body, where the older name counts less.</summary>
    public static string HashName(VaultRequest request, OperationInput input) =>
        request.Route("urlalgorithm") is { Length: > 0 } ofPath ? ofPath
        : input.Option(Param.HashAlgorithm) is { Length: > 0 } named ? named
        : input.Option(Param.Algorithm) is { Length: > 0 } older ? older
        : Hmac.DefaultAlgorithm;

    /// <exception cref="VaultException">400: a value that is none of its parameter's.</exception>
    public static SignatureOptions Read(VaultRequest request, OperationInput input)
    {
        var hash = HashName(request, input);
        if (!Digests.TryParse(hash, out var digest))
        {
            throw VaultException.BadRequest($"invalid hash algorithm \"{hash}\"");
        }

        return new SignatureOptions
        {
            Digest = digest,
            Marshaling = input.Option(Param.MarshalingAlgorithm) switch
            {
                null or "asn1" => SignatureMarshaling.Asn1,
                "jws" => SignatureMarshaling.Jws,
                var other => throw VaultException.BadRequest($"invalid marshaling type \"{other}\""),
            },
            Prehashed = input.Flag(Param.Prehashed),
            RsaAlgorithm = input.Option(Param.SignatureAlgorithm) switch
            {
                null or "" or "pss" => RsaSignatureAlgorithm.Pss,
                "pkcs1v15" => RsaSignatureAlgorithm.Pkcs1v15,
                var other => throw VaultException.BadRequest($"unsupported rsa signature algorithm {other}"),
            },
            SaltLength = SaltLength(input.Option(Param.SaltLength)),
        };
    }

    /// <summary>Checks them against the key, and adds what the key says.</summary>
    /// <exception cref="VaultException">400: the key does not sign, or not like that.</exception>
    public static SignatureOptions For(TransitKey key, SignatureOptions options)
    {
        if (!key.Type.SupportsSigning)
        {
            throw VaultException.BadRequest($"key type {key.Type.WireName} does not support signing");
        }

        if (options.Digest == DigestAlgorithm.None && !(options.Prehashed && options.RsaAlgorithm == RsaSignatureAlgorithm.Pkcs1v15))
        {
            throw VaultException.BadRequest("hash_algorithm=none requires both prehashed=true and signature_algorithm=pkcs1v15");
        }

        return options with { Derivation = key.Derived ? key.Derivation : KeyDerivation.None };
    }

    /// <summary>What of ed25519 is Vault Enterprise's alone.</summary>
    public static ItemFault CheckPureEd25519(TransitKey key, SignatureOptions options, ReadOnlySpan<byte> signatureContext) =>
        key.Type != KeyType.Ed25519 ? default
        : options.Prehashed ? "failed to parse batch item: only Pure Ed25519 signatures supported, prehashed must be false"
        : options.Digest == DigestAlgorithm.Sha512 ? "failed to parse batch item: only Pure Ed25519 signatures supported, hash_algorithm should not be set"
        : !signatureContext.IsEmpty ? "failed to parse batch item: only Pure Ed25519 signatures supported, signature_context must be empty"
        : default(ItemFault);

    public static ItemFault Fault(CryptoFault fault, TransitKey key, SignatureOptions options) => fault switch
    {
        CryptoFault.None => default,
        CryptoFault.InvalidSaltLength => $"requested salt length {options.SaltLength} is invalid",
        CryptoFault.MessageTooLong => "crypto/rsa: message too long for RSA key size",
        _ => FaultTexts.Of(fault, key.Type),
    };

    private static int SaltLength(string? text) => text?.ToLowerInvariant() switch
    {
        null or "auto" => SignatureOptions.SaltLengthAuto,
        "hash" => SignatureOptions.SaltLengthHash,
        var number when !int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bytes) =>
            throw VaultException.BadRequest($"salt length neither 'auto', 'hash', nor an int: {text}"),
        var number when int.Parse(number, CultureInfo.InvariantCulture) is var bytes =>
            bytes >= SignatureOptions.SaltLengthHash ? bytes : throw VaultException.BadRequest($"salt length is invalid: {bytes}"),
        _ => SignatureOptions.SaltLengthAuto,
    };
}

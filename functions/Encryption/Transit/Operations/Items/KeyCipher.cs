using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>What comes with one text that is encrypted or decrypted.</summary>
internal readonly ref struct CipherInputs
{
    public ReadOnlySpan<byte> Context { get; init; }

    public ReadOnlySpan<byte> Nonce { get; init; }

    public ReadOnlySpan<byte> AssociatedData { get; init; }

    public RsaPadding Padding { get; init; }
}

/// <summary>
/// Encrypts and decrypts with a key as its versions and their minimums have it. Order and words of the refusals are
/// Vault's. Safe for concurrent use.
/// </summary>
internal sealed class KeyCipher(LeasedVersions versions)
{
    private const int NonceBytes = 12;

    private readonly TransitKey _key = versions.Key;

    public TransitKey Key => _key;

    /// <summary>The version to encrypt with.</summary>
    /// <param name="requested">0 for the latest.</param>
    public ItemFault ChooseVersion(int requested, out int version)
    {
        version = requested == 0 ? _key.LatestVersion : requested;
        return requested switch
        {
            _ when !_key.Type.SupportsEncryption => $"message encryption not supported for key type {_key.Type.WireName}",
            0 => default,
            < 0 => "requested version for encryption is negative",
            _ when requested > _key.LatestVersion => "requested version for encryption is higher than the latest key version",
            _ when requested < _key.MinEncryptionVersion || _key.Find(requested) is null =>
                "requested version for encryption is less than the minimum encryption key version",
            _ => default,
        };
    }

    /// <summary>The version that a ciphertext says it was encrypted with.</summary>
    public ItemFault ReadVersion(ReadOnlySpan<byte> text, out int version, out ReadOnlySpan<byte> payload)
    {
        var parsed = VersionedText.Parse(text);

        // The first keys of Vault began with version 0, today's 1.
        version = parsed.Version == 0 ? 1 : parsed.Version;
        payload = parsed.Payload;
        return parsed.Fault switch
        {
            _ when !_key.Type.SupportsEncryption => $"message decryption not supported for key type {_key.Type.WireName}",
            VersionedTextFault.NoPrefix => "invalid ciphertext: no prefix",
            VersionedTextFault.WrongNumberOfFields => "invalid ciphertext: wrong number of fields",
            VersionedTextFault.NoVersion => "invalid ciphertext: version number could not be decoded",
            _ when version > _key.LatestVersion => "invalid ciphertext: version is too new",
            _ when version < _key.MinDecryptionVersion || _key.Find(version) is null => FaultTexts.TooOld,
            _ => default,
        };
    }

    /// <summary>The ciphertext lies in the scratch.</summary>
    public ItemFault Encrypt(
        int version, scoped in CipherInputs inputs, ReadOnlySpan<byte> plaintext, Scratch scratch, out ReadOnlySpan<byte> ciphertext)
    {
        ciphertext = default;
        switch (versions[version])
        {
            case AeadMaterial aead:
                var mode = _key.Mode(_key.Find(version)!);
                var destination = scratch.Take(AeadMaterial.CiphertextLength(mode, plaintext.Length));
                ciphertext = destination;
                return Of(aead.Encrypt(mode, Aead(inputs), plaintext, destination));

            case RsaMaterial rsa:
                var sealing = rsa.Encrypt(inputs.Padding.Scheme, plaintext, out var encrypted, inputs.Padding.Hash);
                ciphertext = encrypted;
                return Of(sealing);

            default:
                return Of(CryptoFault.UnsupportedByKeyType);
        }
    }

    /// <summary>The plaintext lies in the scratch.</summary>
    /// <param name="version">As <see cref="ReadVersion"/> found it, with the payload.</param>
    public ItemFault Decrypt(
        int version, scoped in CipherInputs inputs, ReadOnlySpan<byte> payload, Scratch scratch, out ReadOnlySpan<byte> plaintext)
    {
        plaintext = default;
        if (!scratch.TryDecode(payload, out var ciphertext, out _))
        {
            return "invalid ciphertext: could not decode base64";
        }

        switch (versions[version])
        {
            case AeadMaterial aead:
                var mode = _key.Mode(_key.Find(version)!);
                var destination = scratch.Take(Math.Max(0, AeadMaterial.PlaintextLength(mode, ciphertext.Length)));
                plaintext = destination;
                var fault = aead.Decrypt(mode, Aead(inputs), ciphertext, destination);
                return fault == CryptoFault.InvalidCiphertext && ciphertext.Length < NonceBytes
                    ? "invalid ciphertext length"
                    : Of(fault);

            case RsaMaterial rsa:
                var opening = rsa.Decrypt(inputs.Padding.Scheme, ciphertext, out var decrypted, inputs.Padding.Hash);
                using (decrypted)
                {
                    var copy = scratch.Take(decrypted?.Length ?? 0);
                    decrypted?.Span.CopyTo(copy);
                    plaintext = copy;
                }

                return opening == CryptoFault.PrivateKeyMissing
                    ? "cannot decrypt ciphertext, key version does not have a private counterpart"
                    : Of(opening);

            default:
                return Of(CryptoFault.UnsupportedByKeyType);
        }
    }

    private static AeadInputs Aead(in CipherInputs inputs) =>
        new() { Context = inputs.Context, Nonce = inputs.Nonce, AssociatedData = inputs.AssociatedData };

    private ItemFault Of(CryptoFault fault) => fault == CryptoFault.None ? default : FaultTexts.Of(fault, _key.Type);
}

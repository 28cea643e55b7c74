namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>An EVP_PKEY_CTX: one operation with one key, on one thread.</summary>
internal readonly ref struct EvpContext
{
    private EvpContext(nint handle)
    {
        Crypto.Require(handle != 0, "EVP_PKEY_CTX_new");
        Handle = handle;
    }

    public nint Handle { get; }

    public static EvpContext ForGeneration(string algorithm)
    {
        var context = new EvpContext(Crypto.EVP_PKEY_CTX_new_from_name(0, algorithm, 0));
        Crypto.Require(Crypto.EVP_PKEY_keygen_init(context.Handle) > 0, nameof(Crypto.EVP_PKEY_keygen_init));
        return context;
    }

    public static EvpContext Of(EvpKey key) => new(Crypto.EVP_PKEY_CTX_new_from_pkey(0, key, 0));

    /// <summary>For a signature over a digest that is already computed.</summary>
    /// <param name="padding">Null for ECDSA.</param>
    public static EvpContext ForSignature(EvpKey key, bool verify, in RsaSignaturePadding? padding)
    {
        var context = Of(key);
        var initialized = verify
            ? Crypto.EVP_PKEY_verify_init(context.Handle)
            : Crypto.EVP_PKEY_sign_init(context.Handle);
        Crypto.Require(initialized > 0, "EVP_PKEY_sign_init");
        if (padding is { } rsa)
        {
            var digest = EvpDigest.Of(rsa.Digest).Handle;
            var set = Crypto.EVP_PKEY_CTX_set_rsa_padding(context.Handle, rsa.Padding) > 0
                && (digest == 0 || Crypto.EVP_PKEY_CTX_set_signature_md(context.Handle, digest) > 0)
                && (rsa.Padding != Crypto.RsaPssPadding
                    || (Crypto.EVP_PKEY_CTX_set_rsa_mgf1_md(context.Handle, digest) > 0
                        && Crypto.EVP_PKEY_CTX_set_rsa_pss_saltlen(context.Handle, rsa.SaltBytes) > 0));
            Crypto.Require(set, "the parameters of an RSA signature");
        }

        return context;
    }

    /// <param name="digest">Of OAEP and its MGF1; ignored by PKCS#1 v1.5.</param>
    public static EvpContext ForRsaEncryption(EvpKey key, bool decrypt, int padding, DigestAlgorithm digest)
    {
        var context = Of(key);
        var hash = EvpDigest.Of(digest).Handle;
        var initialized = decrypt
            ? Crypto.EVP_PKEY_decrypt_init(context.Handle)
            : Crypto.EVP_PKEY_encrypt_init(context.Handle);
        var set = initialized > 0
            && Crypto.EVP_PKEY_CTX_set_rsa_padding(context.Handle, padding) > 0
            && (padding != Crypto.RsaOaepPadding
                || (Crypto.EVP_PKEY_CTX_set_rsa_oaep_md(context.Handle, hash) > 0
                    && Crypto.EVP_PKEY_CTX_set_rsa_mgf1_md(context.Handle, hash) > 0));
        Crypto.Require(set, "the parameters of an RSA encryption");
        return context;
    }

    /// <summary>The label of OAEP (RFC 8017 §7.1), which both sides must have alike; without it the empty one.</summary>
    public unsafe void SetOaepLabel(ReadOnlySpan<byte> label)
    {
        fixed (byte* bytes = label)
        {
            var copy = Crypto.CRYPTO_memdup(bytes, (nuint)label.Length, null, 0);
            Crypto.Require(copy != 0, "CRYPTO_memdup");
            if (Crypto.EVP_PKEY_CTX_set0_rsa_oaep_label(Handle, copy, label.Length) <= 0)
            {
                Crypto.CRYPTO_free(copy, null, 0);
                Crypto.Require(false, "EVP_PKEY_CTX_set0_rsa_oaep_label");
            }
        }
    }

    public void Dispose() => Crypto.EVP_PKEY_CTX_free(Handle);
}

/// <param name="Padding">PKCS#1 v1.5 or PSS, in OpenSSL's numbers.</param>
/// <param name="Digest">None with PKCS#1 v1.5: the bytes are signed without a DigestInfo.</param>
/// <param name="SaltBytes">Of PSS, or one of OpenSSL's negative numbers.</param>
internal readonly record struct RsaSignaturePadding(int Padding, DigestAlgorithm Digest, int SaltBytes);

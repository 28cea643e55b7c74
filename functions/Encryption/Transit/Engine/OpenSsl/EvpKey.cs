using System.Runtime.InteropServices;
using System.Text;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>
/// An EVP_PKEY: a key pair, or a public key alone. Immutable, safe for concurrent use, its secrets zeroed by OpenSSL
/// when it is freed.
/// </summary>
internal sealed unsafe class EvpKey : SafeHandle
{
    private EvpKey(nint key, string call)
        : base(0, ownsHandle: true)
    {
        SetHandle(key);
        Crypto.Require(!IsInvalid, call);
    }

    private delegate int Encoder(EvpKey key, byte** to);

    public override bool IsInvalid => handle == 0;

    /// <summary>Of an RSA modulus, of a curve's order.</summary>
    public int Bits => Crypto.EVP_PKEY_get_bits(this);

    /// <summary>Bytes of the longest signature or ciphertext.</summary>
    public int MaxOutputBytes => Crypto.EVP_PKEY_get_size(this);

    /// <summary>OpenSSL's name of the elliptic curve; empty for other keys.</summary>
    public string Group
    {
        get
        {
            var name = stackalloc byte[64];
            nuint length;
            return Crypto.Succeeded(Crypto.EVP_PKEY_get_group_name(this, name, 64, &length))
                ? Encoding.ASCII.GetString(name, (int)length)
                : "";
        }
    }

    public static EvpKey GenerateRsa(int bits)
    {
        using var context = EvpContext.ForGeneration("RSA");
        Crypto.Require(Crypto.EVP_PKEY_CTX_set_rsa_keygen_bits(context.Handle, bits) > 0, "set_rsa_keygen_bits");
        return Generate(context);
    }

    public static EvpKey GenerateEc(string group)
    {
        using var context = EvpContext.ForGeneration("EC");
        Crypto.Require(Crypto.EVP_PKEY_CTX_set_group_name(context.Handle, group) > 0, "set_group_name");
        return Generate(context);
    }

    /// <param name="seed">32 bytes, RFC 8032's private key.</param>
    public static EvpKey Ed25519Private(ReadOnlySpan<byte> seed)
    {
        fixed (byte* key = seed)
        {
            return new EvpKey(
                Crypto.EVP_PKEY_new_raw_private_key(Crypto.KeyTypeEd25519, 0, key, (nuint)seed.Length),
                nameof(Crypto.EVP_PKEY_new_raw_private_key));
        }
    }

    /// <param name="raw">32 bytes. Any are taken: a point off the curve is found when something is verified.</param>
    public static EvpKey Ed25519Public(ReadOnlySpan<byte> raw)
    {
        fixed (byte* key = raw)
        {
            return new EvpKey(
                Crypto.EVP_PKEY_new_raw_public_key(Crypto.KeyTypeEd25519, 0, key, (nuint)raw.Length),
                nameof(Crypto.EVP_PKEY_new_raw_public_key));
        }
    }

    /// <summary>A PKCS#1 RSAPrivateKey (<see cref="Crypto.KeyTypeRsa"/>) or SEC1 ECPrivateKey; null if it is none.</summary>
    public static EvpKey? ReadPrivate(int type, ReadOnlySpan<byte> der)
    {
        fixed (byte* start = der)
        {
            var at = start;
            var key = Whole(Crypto.d2i_PrivateKey(type, 0, &at, der.Length), at == start + der.Length);
            if (type == Crypto.KeyTypeEc && key is not null)
            {
                // A key that is read without its public point would be written without it too.
                Crypto.Require(Crypto.EVP_PKEY_set_int_param(key, "include-public", 1) > 0, "include-public");
            }

            return key;
        }
    }

    /// <summary>A SubjectPublicKeyInfo; null if it is none.</summary>
    public static EvpKey? ReadPublic(ReadOnlySpan<byte> der)
    {
        fixed (byte* start = der)
        {
            var at = start;
            return Whole(Crypto.d2i_PUBKEY(0, &at, der.Length), at == start + der.Length);
        }
    }

    /// <summary>Both halves belong together and have the properties their algorithm asks for.</summary>
    public bool IsSoundPair()
    {
        using var context = EvpContext.Of(this);
        return Crypto.Succeeded(Crypto.EVP_PKEY_check(context.Handle));
    }

    public bool IsSoundPublic()
    {
        using var context = EvpContext.Of(this);
        return Crypto.Succeeded(Crypto.EVP_PKEY_public_check(context.Handle));
    }

    /// <summary>The public halves are the same.</summary>
    public bool HasPublicKeyOf(EvpKey other) => Crypto.Succeeded(Crypto.EVP_PKEY_eq(this, other));

    /// <summary>PKCS#1 for RSA, SEC1 with curve and public point for EC.</summary>
    public SecretBuffer ToPrivateDer() => Encode(Crypto.i2d_PrivateKey);

    public SecretBuffer ToPkcs8() => Encode(static (key, to) =>
    {
        var info = Crypto.EVP_PKEY2PKCS8(key);
        Crypto.Require(info != 0, nameof(Crypto.EVP_PKEY2PKCS8));
        var length = Crypto.i2d_PKCS8_PRIV_KEY_INFO(info, to);
        Crypto.PKCS8_PRIV_KEY_INFO_free(info);
        return length;
    });

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] ToPublicDer()
    {
        using var der = Encode(Crypto.i2d_PUBKEY);
        return der.Span.ToArray();
    }

    /// <summary>Raw public key of Ed25519, 32 bytes.</summary>
    public void CopyRawPublicKey(Span<byte> destination)
    {
        var length = (nuint)destination.Length;
        fixed (byte* to = destination)
        {
            Crypto.Require(
                Crypto.EVP_PKEY_get_raw_public_key(this, to, &length) > 0, nameof(Crypto.EVP_PKEY_get_raw_public_key));
        }
    }

    protected override bool ReleaseHandle()
    {
        Crypto.EVP_PKEY_free(handle);
        return true;
    }

    private static EvpKey Generate(EvpContext context)
    {
        nint key = 0;
        Crypto.Require(Crypto.EVP_PKEY_generate(context.Handle, &key) > 0, nameof(Crypto.EVP_PKEY_generate));
        return new EvpKey(key, nameof(Crypto.EVP_PKEY_generate));
    }

    private static EvpKey? Whole(nint key, bool readAll)
    {
        if (key == 0)
        {
            Crypto.ERR_clear_error();
            return null;
        }

        var read = new EvpKey(key, "d2i");
        if (readAll)
        {
            return read;
        }

        read.Dispose();
        return null;
    }

    private SecretBuffer Encode(Encoder encoder)
    {
        var length = encoder(this, null);
        Crypto.Require(length > 0, "i2d");
        var buffer = SecretBuffer.Allocate(length);
        fixed (byte* start = buffer.Span)
        {
            var at = start;
            Crypto.Require(encoder(this, &at) == length, "i2d");
        }

        return buffer;
    }
}

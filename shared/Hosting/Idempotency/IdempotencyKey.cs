using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Problems;

namespace Saas.Hosting.Idempotency;

/// <summary>
/// A client's Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) and what is derived from it. The store sees
/// only <see cref="Row"/>, a hash; the key that seals the stored response is derived (HKDF, RFC 5869) from what only the
/// client has: its Idempotency-Key and, where there is one, its API key. A reader of the store learns no response.
/// </summary>
internal sealed class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private const int MaxLength = 255;

    /// <summary>
    /// Without a credential the Idempotency-Key alone opens the response, a tenant's first API key for instance: it must
    /// not be guessable.
    /// </summary>
    private const int MinPublicLength = 16;

    private static readonly byte[] RowLabel = "saas idempotency row\n"u8.ToArray();
    private static readonly byte[] SealLabel = "saas idempotency seal"u8.ToArray();
    private static readonly byte[] PrintLabel = "saas idempotency fingerprint"u8.ToArray();

    private readonly byte[] _sealKey;
    private readonly byte[] _printKey;

    /// <param name="owner">Whose key it is: two owners' equal keys are different.</param>
    /// <param name="secret">What the owner proved to have; empty on a public route.</param>
    private IdempotencyKey(string text, string owner, string secret)
    {
        var salt = Encoding.UTF8.GetBytes(owner);
        var material = Encoding.UTF8.GetBytes($"{text}\n{secret}");
        Row = Convert.ToHexStringLower(SHA256.HashData([.. RowLabel, .. salt, (byte)'\n', .. Encoding.UTF8.GetBytes(text)]));
        _sealKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, salt, SealLabel);
        _printKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, salt, PrintLabel);
    }

    public string Row { get; }

    /// <summary>Null if the header is not there.</summary>
    /// <exception cref="ProblemException">400: empty, too long, repeated, or on a public route too short.</exception>
    public static IdempotencyKey? Of(HttpRequest request, string owner, string secret)
    {
        var values = request.Headers[Header];
        if (values.Count == 0)
        {
            return null;
        }

        // A structured-field string by the draft; many clients send it without the quotes.
        var text = values[0]!.Trim();
        if (text is ['"', .. var inner, '"'])
        {
            text = inner;
        }

        var isValid = values.Count == 1 && text.Length is > 0 and <= MaxLength && text.All(c => c is > ' ' and <= '~' and not '"')
            && (secret.Length > 0 || text.Length >= MinPublicLength);
        return isValid ? new IdempotencyKey(text, owner, secret) : throw new ProblemException(Problem.Of(
            "idempotency-key-invalid", "The Idempotency-Key is not valid.", StatusCodes.Status400BadRequest,
            $"Expected 1 to {MaxLength} printable characters without spaces, on routes without a credential at least {MinPublicLength}: a UUID, say."));
    }

    /// <summary>What the request was, for telling whether another with the same key is the same; keyed, so it tells nothing else.</summary>
    public byte[] Fingerprint(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _printKey);
        mac.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value}{request.QueryString.Value}\n"));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }

    /// <summary>AES-256-GCM: nonce, tag, ciphertext. Bound to the row, so it opens nowhere else.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var result = new byte[AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize + plain.Length];
        var (nonce, tag, cipher) = Split(result);
        RandomNumberGenerator.Fill(result.AsSpan(nonce));
        using var aes = new AesGcm(_sealKey, AesGcm.TagByteSizes.MaxSize);
        aes.Encrypt(result.AsSpan(nonce), plain, result.AsSpan(cipher), result.AsSpan(tag), Encoding.ASCII.GetBytes(Row));
        return result;
    }

    /// <exception cref="CryptographicException">Not sealed with this key.</exception>
    public byte[] Open(byte[] box)
    {
        var (nonce, tag, cipher) = Split(box);
        var plain = new byte[box.AsSpan(cipher).Length];
        using var aes = new AesGcm(_sealKey, AesGcm.TagByteSizes.MaxSize);
        aes.Decrypt(box.AsSpan(nonce), box.AsSpan(cipher), box.AsSpan(tag), plain, Encoding.ASCII.GetBytes(Row));
        return plain;
    }

    private static (Range Nonce, Range Tag, Range Cipher) Split(byte[] box)
    {
        var nonce = AesGcm.NonceByteSizes.MaxSize;
        var tag = nonce + AesGcm.TagByteSizes.MaxSize;
        return box.Length >= tag ? (..nonce, nonce..tag, tag..) : throw new CryptographicException("Not a sealed response.");
    }
}

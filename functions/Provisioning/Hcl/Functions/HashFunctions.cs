using System.Security.Cryptography;
using System.Text;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>Hashes of texts in UTF-8, in hexadecimal; UUIDs; and what a private key opens.</summary>
internal static class HashFunctions
{
    private const int DecryptUnits = 1 << 20;
    private const int MaxKeyCharacters = 8192;

    public static IReadOnlyList<Function> All { get; } =
    [
#pragma warning disable CA5350, CA5351 // The language has them, for names and sums; nothing here trusts them.
        Function.Of("md5", [Parameter.Text("str")], call => Hex(MD5.HashData(Bytes(call)))),
        Function.Of("sha1", [Parameter.Text("str")], call => Hex(SHA1.HashData(Bytes(call)))),
#pragma warning restore CA5350, CA5351
        Function.Of("sha256", [Parameter.Text("str")], call => Hex(SHA256.HashData(Bytes(call)))),
        Function.Of("sha512", [Parameter.Text("str")], call => Hex(SHA512.HashData(Bytes(call)))),
        Function.Of("rsadecrypt", [Parameter.Text("ciphertext"), Parameter.Text("privatekey")], Decrypt),
        Function.Of("uuidv4", [], _ => new HclString(Guid.NewGuid().ToString())),
        Function.Of("uuidv5", [Parameter.Text("namespace"), Parameter.Text("name")], call => new HclString(NameUuid(NamespaceOf(call.Text(0)), call.Text(1)).ToString())),
    ];

    private static byte[] Bytes(FunctionCall call) => Encoding.UTF8.GetBytes(call.Text(0));

    private static HclString Hex(byte[] hash) => new(Convert.ToHexStringLower(hash));

    /// <summary>Base64 of a text that was encrypted by PKCS #1 v1.5. A key and what it opens are in no message.</summary>
    private static HclString Decrypt(FunctionCall call)
    {
        call.Budget.Spend(DecryptUnits);
        if (call.Text(1).Length > MaxKeyCharacters)
        {
            throw new HclValueException($"the key has more than {MaxKeyCharacters} characters");
        }

        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(call.Text(1));
            return new HclString(Encoding.UTF8.GetString(key.Decrypt(Convert.FromBase64String(call.Text(0)), RSAEncryptionPadding.Pkcs1)));
        }
        catch (FormatException)
        {
            throw new HclValueException("the ciphertext is not base64");
        }
        catch (ArgumentException)
        {
            throw new HclValueException("the private key is no RSA key in PEM");
        }
        catch (CryptographicException)
        {
            throw new HclValueException("the private key does not open the ciphertext");
        }
    }

    private static Guid NamespaceOf(string name) => name switch
    {
        "dns" => new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        "url" => new Guid("6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
        "oid" => new Guid("6ba7b812-9dad-11d1-80b4-00c04fd430c8"),
        "x500" => new Guid("6ba7b814-9dad-11d1-80b4-00c04fd430c8"),
        _ => Guid.TryParseExact(name, "D", out var id) ? id : throw new HclValueException("uuidv5() doesn't support this namespace: expected dns, url, oid, x500 or a UUID"),
    };

    /// <summary>RFC 9562 section 5.5.</summary>
    private static Guid NameUuid(Guid space, string name)
    {
#pragma warning disable CA5350 // as the standard has it
        var hash = SHA1.HashData([.. space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}

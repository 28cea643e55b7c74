using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Key pairs as Go writes them into JSON: as the numbers they are made of, in decimal.</summary>
internal static class BackupNumbers
{
    private const int MaxDigits = 1300; // of 4096 bits

    public static void WriteEcdsa(Utf8JsonWriter json, EcdsaMaterial? material)
    {
        var numbers = default(ECParameters);
        if (material is not null)
        {
            using var pair = ECDsa.Create();
            Load(pair, material);
            numbers = pair.ExportParameters(material.HasPrivateKey);
        }

        WriteNumber(json, "ec_x", numbers.Q.X);
        WriteNumber(json, "ec_y", numbers.Q.Y);
        WriteNumber(json, "ec_d", numbers.D);
        CryptographicOperations.ZeroMemory(numbers.D);
    }

    public static void WriteRsa(Utf8JsonWriter json, RsaMaterial? material)
    {
        if (material is null)
        {
            json.WriteNull("rsa_key");
            json.WriteNull("rsa_public_key");
            return;
        }

        using var pair = RSA.Create();
        Load(pair, material);
        var numbers = pair.ExportParameters(material.HasPrivateKey);
        if (!material.HasPrivateKey)
        {
            json.WriteNull("rsa_key");
            json.WriteStartObject("rsa_public_key");
            WriteNumber(json, "N", numbers.Modulus);
            WriteNumber(json, "E", numbers.Exponent);
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject("rsa_key");
        WriteNumber(json, "N", numbers.Modulus);
        WriteNumber(json, "E", numbers.Exponent);
        WriteNumber(json, "D", numbers.D);
        json.WriteStartArray("Primes");
        json.WriteRawValue(Decimal(numbers.P!));
        json.WriteRawValue(Decimal(numbers.Q!));
        json.WriteEndArray();
        json.WriteStartObject("Precomputed");
        WriteNumber(json, "Dp", numbers.DP);
        WriteNumber(json, "Dq", numbers.DQ);
        WriteNumber(json, "Qinv", numbers.InverseQ);
        json.WriteStartArray("CRTValues");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNull("rsa_public_key");
        Clear(numbers);
    }

    /// <returns>PKCS#8.</returns>
    public static byte[] ReadEcdsa(JsonElement entry, KeyType type)
    {
        var bytes = CoordinateBytes(type);
        using var pair = ECDsa.Create(new ECParameters
        {
            Curve = Curve(type),
            Q = new ECPoint { X = Number(entry, "ec_x", bytes), Y = Number(entry, "ec_y", bytes) },
            D = Number(entry, "ec_d", bytes),
        });
        return pair.ExportPkcs8PrivateKey();
    }

    /// <returns>PKCS#8.</returns>
    public static byte[] ReadRsa(JsonElement entry)
    {
        var key = entry.GetProperty("rsa_key");
        var primes = key.GetProperty("Primes");
        if (primes.GetArrayLength() != 2)
        {
            throw new FormatException("an RSA key has two primes");
        }

        var (d, p, q) = (Parse(key.GetProperty("D")), Parse(primes[0]), Parse(primes[1]));
        var modulus = Parse(key.GetProperty("N"));
        if (p <= 2 || q <= 2 || p * q != modulus)
        {
            throw new FormatException("the primes are not those of the modulus");
        }

        var bytes = modulus.GetByteCount(isUnsigned: true);
        var half = (bytes + 1) / 2;
        var numbers = new RSAParameters
        {
            Modulus = BigEndian(modulus, bytes),
            Exponent = Parse(key.GetProperty("E")).ToByteArray(isUnsigned: true, isBigEndian: true),
            D = BigEndian(d, bytes),
            P = BigEndian(p, half),
            Q = BigEndian(q, half),
            DP = BigEndian(d % (p - 1), half),
            DQ = BigEndian(d % (q - 1), half),
            InverseQ = BigEndian(BigInteger.ModPow(q, p - 2, p), half),
        };
        using var pair = RSA.Create(numbers);
        Clear(numbers);
        return pair.ExportPkcs8PrivateKey();
    }

    /// <param name="key">Seed and public key.</param>
    public static byte[] Ed25519Pkcs8(byte[] key) => key.Length == 64
        ? [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20, .. key.AsSpan(0, Ed25519Material.SeedBytes)]
        : throw new FormatException("an ed25519 key has 64 bytes");

    /// <returns>PEM.</returns>
    public static string ReadPublic(JsonElement entry, KeyType type)
    {
        if (type.IsRsa)
        {
            var key = entry.GetProperty("rsa_public_key");
            using var rsa = RSA.Create(new RSAParameters
            {
                Modulus = Parse(key.GetProperty("N")).ToByteArray(isUnsigned: true, isBigEndian: true),
                Exponent = Parse(key.GetProperty("E")).ToByteArray(isUnsigned: true, isBigEndian: true),
            });
            return rsa.ExportSubjectPublicKeyInfoPem();
        }

        var text = entry.GetProperty("public_key").GetString() ?? "";
        return type != KeyType.Ed25519 ? text
            : PemEncoding.WriteString("PUBLIC KEY", [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, .. Convert.FromBase64String(text)]);
    }

    private static void Load(AsymmetricAlgorithm pair, SigningMaterial material)
    {
        if (!material.HasPrivateKey)
        {
            pair.ImportFromPem(material.PublicKey);
            return;
        }

        using var pkcs8 = material.ToImportable();
        pair.ImportPkcs8PrivateKey(pkcs8.Span, out _);
    }

    private static ECCurve Curve(KeyType type) => type switch
    {
        KeyType.EcdsaP256 => ECCurve.NamedCurves.nistP256,
        KeyType.EcdsaP384 => ECCurve.NamedCurves.nistP384,
        _ => ECCurve.NamedCurves.nistP521,
    };

    private static int CoordinateBytes(KeyType type) => type switch
    {
        KeyType.EcdsaP256 => 32,
        KeyType.EcdsaP384 => 48,
        _ => 66,
    };

    private static void WriteNumber(Utf8JsonWriter json, string name, byte[]? bigEndian)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(bigEndian is null ? "null" : Decimal(bigEndian));
    }

    private static string Decimal(byte[] bigEndian) =>
        new BigInteger(bigEndian, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);

    private static byte[] Number(JsonElement entry, string name, int bytes) => BigEndian(Parse(entry.GetProperty(name)), bytes);

    /// <exception cref="FormatException">It is no number, negative, or longer than any key's.</exception>
    private static BigInteger Parse(JsonElement number)
    {
        var text = number.GetRawText();
        return text.Length <= MaxDigits
            ? BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new FormatException("a number is too long");
    }

    private static byte[] BigEndian(BigInteger number, int bytes)
    {
        var padded = new byte[bytes];
        return number.GetByteCount(isUnsigned: true) <= bytes
            && number.TryWriteBytes(padded.AsSpan(bytes - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true)
            ? padded
            : throw new FormatException("a number is too long");
    }

    private static void Clear(in RSAParameters numbers)
    {
        foreach (var secret in (byte[]?[])[numbers.D, numbers.P, numbers.Q, numbers.DP, numbers.DQ, numbers.InverseQ])
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

using System.Collections.Concurrent;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

/// <summary>One generated material of each type for the whole run: an RSA pair takes seconds to make. Nobody disposes it.</summary>
internal static class Materials
{
    private static readonly ConcurrentDictionary<KeyType, Lazy<KeyMaterial>> Made = new();

    public static RsaMaterial Rsa => (RsaMaterial)Of(KeyType.Rsa2048);

    public static KeyMaterial Of(KeyType type) =>
        Made.GetOrAdd(type, t => new Lazy<KeyMaterial>(() => KeyMaterial.Generate(t))).Value;

    public static KeyMaterial Of(string name) => Of(Type(name));

    public static KeyType Type(string name)
    {
        Assert.True(KeyTypes.TryParse(name, out var type), name);
        return type;
    }

    /// <summary>The same version without its private half.</summary>
    public static KeyMaterial PublicOnly(KeyMaterial material)
    {
        var pem = material.Type == KeyType.Ed25519
            ? "-----BEGIN PUBLIC KEY-----\n"
                + Convert.ToBase64String(
                    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
                        .. Convert.FromBase64String(material.PublicKey!)])
                + "\n-----END PUBLIC KEY-----\n"
            : material.PublicKey!;
        Assert.Equal(CryptoFault.None, KeyImport.Public(material.Type, pem, out var imported));
        return imported!;
    }
}

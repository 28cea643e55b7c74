using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Tests.Engine;

public sealed class KeyMaterialFormatTests
{
    public static TheoryData<string> Names => [.. KeyTypes.All.Select(t => t.WireName)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Deserialize_WhatWasSerialized_IsTheSameMaterial(string name)
    {
        var type = Materials.Type(name);
        var material = type == KeyType.Hmac ? KeyMaterial.Generate(type, 77) : Materials.Of(type);
        using var bytes = material.Serialize();
        using var read = KeyMaterial.Deserialize(bytes.Span);
        using var again = read.Serialize();
        Assert.Equal(bytes.Span, again.Span);
        Assert.Equal(type, read.Type);
        Assert.True(read.HasPrivateKey);
        Assert.Equal(material.HmacKey, read.HmacKey);
        Assert.Equal(type == KeyType.Hmac ? 77 : 32, read.HmacKey.Length);
        Assert.Equal(material.PublicKey, read.PublicKey);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Deserialize_CutShortOrOfAnotherFormat_Throws(string name)
    {
        var type = Materials.Type(name);
        var material = Materials.Of(type);
        using var bytes = material.Serialize();
        var stored = bytes.Span.ToArray();
        for (var length = 0; length < stored.Length; length += Math.Max(1, stored.Length / 61))
        {
            Assert.Throws<InvalidDataException>(() => KeyMaterial.Deserialize(stored.AsSpan(0, length)));
        }

        foreach (var (at, value) in new[] { (0, 2), (1, 200), (2, 2) })
        {
            var altered = stored.ToArray();
            altered[at] = (byte)value;
            Assert.Throws<InvalidDataException>(() => KeyMaterial.Deserialize(altered));
        }
    }
}

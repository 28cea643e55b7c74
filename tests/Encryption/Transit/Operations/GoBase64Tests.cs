using System.Text;
using Saas.Encryption.Transit.Operations.Items;

namespace Saas.Encryption.Tests.Transit.Operations;

/// <summary>Base 64 as Vault's language decodes it; the positions are those that Go's decoder names.</summary>
public sealed class GoBase64Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Zg==", "f")]
    [InlineData("Zm8=", "fo")]
    [InlineData("Zm9v", "foo")]
    [InlineData("Zm9v\nYmFy\r\n", "foobar")]
    [InlineData("Zm8\n=\n", "fo")]
    [InlineData("Zg=\r\n=", "f")]
    [InlineData("Zh==", "f")]
    public void TryDecode_WhatGoTakes_GivesItsBytes(string text, string expected)
    {
        var room = new byte[32];

        Assert.True(GoBase64.TryDecode(Encoding.UTF8.GetBytes(text), room, out var written, out _));

        Assert.Equal(expected, Encoding.UTF8.GetString(room, 0, written));
    }

    [Theory]
    [InlineData("!nonbase64", 0)]
    [InlineData("Zm9v!", 4)]
    [InlineData("Zm9vYg", 4)]
    [InlineData("Zm9vY", 4)]
    [InlineData("Z===", 1)]
    [InlineData("====", 0)]
    [InlineData("Zg=", 3)]
    [InlineData("Zg=Z", 2)]
    [InlineData("Zg==Zg==", 4)]
    [InlineData("Zm8=\nx", 5)]
    [InlineData("Zm9v-_", 4)]
    public void TryDecode_WhatGoRefuses_SaysWhere(string text, int at)
    {
        Assert.False(GoBase64.TryDecode(Encoding.UTF8.GetBytes(text), new byte[32], out _, out var faultAt));

        Assert.Equal(at, faultAt);
    }
}

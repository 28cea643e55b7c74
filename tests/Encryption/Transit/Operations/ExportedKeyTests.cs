using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

/// <summary>Who has an exported key can do without us: .NET's own algorithms give the same.</summary>
public sealed class ExportedKeyTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    [Theory]
    [InlineData("aes128-gcm96")]
    [InlineData("aes256-gcm96")]
    public async Task A_ciphertext_is_opened_by_anybody_with_the_exported_key(string type)
    {
        var key = await transit.KeyAsync(type, exportable: true);
        var reply = await transit.CallAsync($"encrypt/{key}", new JsonObject
        {
            ["plaintext"] = Base64("hello"), ["associated_data"] = Base64("for acme"),
        });
        var exported = (await transit.Client.ReadAsync($"transit/export/encryption-key/{key}/1")).MustBeOk();
        var secret = Convert.FromBase64String(exported.Data["keys"]!["1"]!.GetValue<string>());
        var sealedText = Convert.FromBase64String(reply.MustBeOk().Data["ciphertext"]!.GetValue<string>()["vault:v1:".Length..]);

        using var aes = new AesGcm(secret, 16);
        var plaintext = new byte[sealedText.Length - 28];
        aes.Decrypt(sealedText.AsSpan(0, 12), sealedText.AsSpan(12, plaintext.Length), sealedText.AsSpan()[^16..], plaintext, "for acme"u8);

        Assert.Equal("hello", Encoding.UTF8.GetString(plaintext));
    }

    [Fact]
    public async Task The_exported_key_computes_the_same_code()
    {
        var key = await transit.KeyAsync("hmac", exportable: true);
        var exported = (await transit.Client.ReadAsync($"transit/export/hmac-key/{key}/1")).MustBeOk();
        var secret = Convert.FromBase64String(exported.Data["keys"]!["1"]!.GetValue<string>());

        var code = (await transit.CallAsync($"hmac/{key}", new JsonObject { ["input"] = Base64("data") })).MustBeOk().Data["hmac"]!.GetValue<string>();

        Assert.Equal("vault:v1:" + Convert.ToBase64String(HMACSHA256.HashData(secret, "data"u8)), code);
    }
}

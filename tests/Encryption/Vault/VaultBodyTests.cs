using System.Net;
using System.Text;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Vault;

public sealed class VaultBodyTests
{
    /// <summary>As Python's clients send it: the server has the head before there is a body.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(300_000)]
    public async Task Body_ThatComesAfterTheHead_IsReadWhole(int length)
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var value = new string('x', length);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sys/wrapping/wrap")
        {
            Content = new StringContent($$"""{"value":"{{value}}"}""", Encoding.UTF8, "application/json"),
            Headers = { { "X-Vault-Wrap-TTL", "60" } },
        };
        request.Headers.ExpectContinue = true;

        using var response = await acme.Client.SendAsync(request);

        var wrapped = new VaultReply(response.StatusCode, await response.Content.ReadAsStringAsync()).Must(HttpStatusCode.OK);
        var token = (string)wrapped.Json!["wrap_info"]!["token"]!;
        Assert.Equal(value, (string)(await host.Client(token).WriteAsync("sys/wrapping/unwrap")).MustBeOk().Data["value"]!);
    }
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>What a batch allocates is the same for 1,000 items as for 2,000, measured over the whole process.</summary>
[Collection("alone")]
public sealed class AllocationTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    private const int Items = 1_000;

    private readonly byte[] _buffer = new byte[1024 * 1024];

    [Theory]
    [InlineData("encrypt")]
    [InlineData("decrypt")]
    [InlineData("rewrap")]
    [InlineData("datakey/plaintext")]
    [InlineData("hmac")]
    [InlineData("verify")]
    public async Task An_item_allocates_nothing(string verb)
    {
        var key = await transit.KeyAsync();
        var ciphertext = await transit.EncryptAsync(key, "thirty-two bytes of a plaintext.");
        var hmac = (await transit.CallAsync($"hmac/{key}", new JsonObject { ["input"] = "eHg=" })).MustBeOk().Data["hmac"]!.GetValue<string>();
        var item = verb switch
        {
            "encrypt" => $"{{\"plaintext\":\"{Base64("thirty-two bytes of a plaintext.")}\",\"reference\":\"some reference\"}}",
            "decrypt" or "rewrap" => $"{{\"ciphertext\":\"{ciphertext}\"}}",
            "hmac" => "{\"input\":\"eHg=\"}",
            "verify" => $"{{\"input\":\"eHg=\",\"hmac\":\"{hmac}\"}}",
            _ => "{}",
        };

        var least = double.MaxValue;
        for (var attempt = 0; attempt < 5 && least >= 4; attempt++)
        {
            var one = await AllocatedAsync($"{verb}/{key}", item, Items);
            var two = await AllocatedAsync($"{verb}/{key}", item, 2 * Items);
            least = Math.Min(least, (two - one) / Items);
        }

        Assert.True(least < 4, $"One more item allocates {least:F1} bytes.");
    }

    /// <returns>Bytes a request.</returns>
    private async Task<double> AllocatedAsync(string path, string item, int items)
    {
        const int Requests = 30;
        var body = Encoding.UTF8.GetBytes($"{{\"batch_input\":[{string.Join(',', Enumerable.Repeat(item, items))}]}}");
        var before = 0L;
        for (var i = -Requests; i < Requests; i++)
        {
            before = i == 0 ? GC.GetTotalAllocatedBytes(precise: true) : before;
            await SendAsync(path, body);
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests;
    }

    private async Task SendAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/transit/" + path) { Content = content };
        using var response = await transit.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var answer = await response.Content.ReadAsStreamAsync();
        while (await answer.ReadAsync(_buffer) > 0)
        {
        }
    }
}

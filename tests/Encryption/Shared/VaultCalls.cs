using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Saas.Encryption.Tests.Shared;

/// <summary>An answer of the API, read.</summary>
public sealed record VaultReply(HttpStatusCode Status, string Text)
{
    public JsonNode? Json => Text.Length == 0 ? null : JsonNode.Parse(Text);

    public JsonObject Data => Json?["data"] as JsonObject ?? throw new InvalidOperationException($"{(int)Status} without data: {Text}");

    public string[] Errors => [.. Json!["errors"]!.AsArray().Select(e => e!.GetValue<string>())];

    public string[] Warnings => Json?["warnings"] is JsonArray warnings ? [.. warnings.Select(e => e!.GetValue<string>())] : [];

    /// <summary>The reply itself, if its status is the one expected; else the test fails showing the body.</summary>
    public VaultReply Must(HttpStatusCode status)
    {
        Assert.True(status == Status, $"Expected {(int)status}, got {(int)Status}: {Text}");
        return this;
    }

    public VaultReply MustBeOk() => Must(HttpStatusCode.OK);

    public VaultReply MustBeEmpty() => Must(HttpStatusCode.NoContent);

    /// <summary>Status, and that one of the errors has the text in it.</summary>
    public VaultReply MustFail(HttpStatusCode status, string error)
    {
        Must(status);
        Assert.Contains(Errors, e => e.Contains(error, StringComparison.Ordinal));
        return this;
    }
}

/// <summary>Calls as Vault's clients make them. Paths are without <c>/v1/</c>.</summary>
public static class VaultCalls
{
    public static Task<VaultReply> ReadAsync(this HttpClient client, string path) => client.CallAsync("GET", path);

    public static Task<VaultReply> ListAsync(this HttpClient client, string path) => client.CallAsync("LIST", path);

    public static Task<VaultReply> DeleteAsync(this HttpClient client, string path, JsonNode? body = null) => client.CallAsync("DELETE", path, body);

    public static Task<VaultReply> WriteAsync(this HttpClient client, string path, JsonNode? body = null) => client.CallAsync("POST", path, body);

    public static async Task<VaultReply> CallAsync(
        this HttpClient client, string method, string path, JsonNode? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/" + path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await client.SendAsync(request);
        return new VaultReply(response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Saas.Registry.Tests.Shared;

/// <summary>What a test says to the registry, and what it hears.</summary>
internal static class ConsulClient
{
    public static async Task<Reply> CallAsync(this HttpClient client, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        using var response = await client.SendAsync(request);
        var index = response.Headers.TryGetValues("X-Consul-Index", out var values)
            ? ulong.Parse(values.First(), CultureInfo.InvariantCulture)
            : 0;
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), index, response.Content.Headers.ContentType?.MediaType ?? "");
    }

    public static Task<Reply> AskAsync(this HttpClient client, string path) => client.CallAsync("GET", path);

    public static Task<Reply> TellAsync(this HttpClient client, string path, string? body = null) => client.CallAsync("PUT", path, body);

    /// <summary>The only entry of the answer.</summary>
    public static async Task<KvPair> KeyAsync(this HttpClient client, string key) => (await client.AskAsync("/v1/kv/" + key)).Pairs.Single();

    public static async Task<string> SessionAsync(this HttpClient client, string? body = null)
    {
        var made = await client.TellAsync("/v1/session/create", body);
        Assert.Equal((int)HttpStatusCode.OK, made.Status);
        return made.Json.GetProperty("ID").GetString()!;
    }
}

internal sealed record Reply(int Status, string Text, ulong Index, string Type)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public IReadOnlyList<KvPair> Pairs => [.. Json.EnumerateArray().Select(KvPair.Of)];

    public IReadOnlyList<string> Strings => [.. Json.EnumerateArray().Select(e => e.GetString()!)];
}

internal sealed record KvPair(string Key, string? Value, ulong Flags, string? Session, ulong LockIndex, ulong CreateIndex, ulong ModifyIndex)
{
    public static KvPair Of(JsonElement json) => new(
        json.GetProperty(nameof(Key)).GetString()!,
        json.GetProperty(nameof(Value)) is { ValueKind: JsonValueKind.String } value ? Encoding.UTF8.GetString(value.GetBytesFromBase64()) : null,
        json.GetProperty(nameof(Flags)).GetUInt64(),
        json.TryGetProperty(nameof(Session), out var session) ? session.GetString() : null,
        json.GetProperty(nameof(LockIndex)).GetUInt64(),
        json.GetProperty(nameof(CreateIndex)).GetUInt64(),
        json.GetProperty(nameof(ModifyIndex)).GetUInt64());
}

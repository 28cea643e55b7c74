using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Saas.Provisioning.Tests.Shared;

/// <summary>Requests with bodies as they would be typed, and answers as they came.</summary>
internal static class HttpCalls
{
    public static async Task<Answer> SendAsync(this HttpClient client, string method, string path, string? body = null, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        using var response = await client.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        var headers = response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text, headers);
    }

    /// <summary>The answer's body, where it is a success.</summary>
    public static async Task<T> CallAsync<T>(
        this HttpClient client, string method, string path, string? body, JsonTypeInfo<T> type, CancellationToken ct = default)
    {
        var answer = await client.SendAsync(method, path, body, ct);
        Assert.True(answer.Status is >= 200 and < 300, $"{method} {path}: {answer}");
        return JsonSerializer.Deserialize(answer.Text, type)!;
    }

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path)
    {
        var answer = await client.SendAsync("GET", path);
        Assert.True(answer.Status == 200, $"GET {path}: {answer}");
        return answer.Json;
    }
}

public sealed record Answer(int Status, string? MediaType, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>That it is a problem document of this status and type.</summary>
    public Answer IsProblem(int status, string type)
    {
        Assert.True(Status == status, $"Expected {status} {type}: {this}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal("urn:saas:problem:" + type, Json.GetProperty("type").GetString());
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        return this;
    }

    public override string ToString() => $"{Status} {Text}";
}

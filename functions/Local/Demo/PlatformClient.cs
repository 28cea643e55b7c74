using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Saas.Local.Demo;

/// <summary>Calls the platform as any customer would: HTTP, JSON, an API key. The demo knows no shortcut.</summary>
internal sealed class PlatformClient(IReadOnlyDictionary<string, Uri> apps) : IDisposable
{
    private readonly HttpClient _http = new();

    public string? ApiKey { get; private set; }

    public Uri AppOf(string app) => apps[app];

    public void UseKey(string apiKey)
    {
        ApiKey = apiKey;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public Task<JsonElement> GetAsync(string app, string path, CancellationToken ct) =>
        SendAsync(HttpMethod.Get, app, path, null, ct);

    public Task<JsonElement> PostAsync(string app, string path, JsonObject body, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, app, path, body, ct);

    public Task<JsonElement> PutAsync(string app, string path, JsonObject body, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, app, path, body, ct);

    public Task<JsonElement> DeleteAsync(string app, string path, CancellationToken ct) =>
        SendAsync(HttpMethod.Delete, app, path, null, ct);

    public void Dispose() => _http.Dispose();

    /// <exception cref="DemoException">The platform refused: its problem document's words.</exception>
    private async Task<JsonElement> SendAsync(HttpMethod method, string app, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(apps[app], path));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoException($"{method} {path} answered {(int)response.StatusCode}: {text}");
        }

        using var document = JsonDocument.Parse(text.Length == 0 ? "null" : text);
        return document.RootElement.Clone();
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Saas.Registry.Tests.Catalog;

/// <summary>Calls as Consul's clients make them.</summary>
internal static class CatalogCalls
{
    public static async Task RegisterAsync(this HttpClient client, string json)
    {
        var (status, text) = await client.PutAsync("/v1/catalog/register", json);
        Assert.Equal((HttpStatusCode.OK, "true"), (status, text));
    }

    public static async Task DeregisterAsync(this HttpClient client, string json)
    {
        var (status, text) = await client.PutAsync("/v1/catalog/deregister", json);
        Assert.Equal((HttpStatusCode.OK, "true"), (status, text));
    }

    public static async Task<(HttpStatusCode Status, string Text)> PutAsync(this HttpClient client, string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync(new Uri(path, UriKind.Relative), body);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static async Task<(JsonNode? Json, ulong Index)> AskJsonAsync(this HttpClient client, string path)
    {
        var (status, text, index) = await client.AskTextAsync(path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {text}");
        return (JsonNode.Parse(text), index);
    }

    public static async Task<(HttpStatusCode Status, string Text, ulong Index)> AskTextAsync(this HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        var index = answer.Headers.TryGetValues("X-Consul-Index", out var values) ? ulong.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture) : 0;
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), index);
    }

    /// <summary>The ids of the nodes, services or checks in the answer, in its order.</summary>
    public static async Task<string> NamesAsync(this HttpClient client, string path)
    {
        var (json, _) = await client.AskJsonAsync(path);
        return json switch
        {
            JsonObject map => string.Join(' ', map.Select(m => m.Key)),
            JsonArray list => string.Join(' ', list.Select(e => (string?)(e!["Service"]?["ID"] ?? e["CheckID"] ?? e["ServiceID"] ?? e["Node"]))),
            _ => "",
        };
    }

    /// <summary>Written alike, whatever the order of blanks; of members the order counts, as Consul's is known.</summary>
    public static void Same(string golden, JsonNode? actual) =>
        Assert.Equal(JsonNode.Parse(golden)!.ToJsonString(Indented), actual!.ToJsonString(Indented));

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}

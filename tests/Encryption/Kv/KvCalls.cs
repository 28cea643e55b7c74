using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Kv;

/// <summary>Calls of the KV engine on the mount <c>secret</c>.</summary>
internal static class KvCalls
{
    public const string MergePatch = "application/merge-patch+json";

    /// <param name="data">JSON.</param>
    public static Task<VaultReply> PutAsync(this HttpClient client, string path, string data, int? cas = null) =>
        client.WriteAsync("secret/data/" + path, Body(data, cas));

    public static Task<VaultReply> ReadDataAsync(this HttpClient client, string path, int? version = null) =>
        client.CallAsync("GET", "secret/data/" + path + (version is null ? "" : $"?version={version}"));

    /// <summary>HttpClient has a DeleteAsync of its own.</summary>
    public static Task<VaultReply> RemoveAsync(this HttpClient client, string path) => client.CallAsync("DELETE", path);

    public static Task<VaultReply> MetadataAsync(this HttpClient client, string path) => client.ReadAsync("secret/metadata/" + path);

    public static Task<VaultReply> VersionsAsync(this HttpClient client, string verb, string path, params int[] versions) =>
        client.WriteAsync($"secret/{verb}/{path}", new JsonObject { ["versions"] = new JsonArray([.. versions.Select(v => (JsonNode)v)]) });

    public static Task<VaultReply> PatchDataAsync(this HttpClient client, string path, string data, int? cas = null) =>
        client.PatchAsync("secret/data/" + path, Body(data, cas).ToJsonString());

    public static async Task<VaultReply> PatchAsync(this HttpClient client, string path, string body, string? contentType = MergePatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/v1/" + path);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null)
        {
            request.Content.Headers.Add("Content-Type", contentType);
        }

        using var response = await client.SendAsync(request);
        return new VaultReply(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Names in the folder; empty where there is none.</summary>
    public static async Task<string[]> NamesAsync(this HttpClient client, string folder, string query = "")
    {
        var reply = await client.ListAsync("secret/metadata/" + folder + query);
        return reply.Status == System.Net.HttpStatusCode.NotFound ? [] : reply.MustBeOk().Keys();
    }

    public static string[] Keys(this VaultReply reply) => [.. reply.Data["keys"]!.AsArray().Select(k => k!.GetValue<string>())];

    public static int Version(this VaultReply reply) => (reply.Data["version"] ?? reply.Data["metadata"]!["version"])!.GetValue<int>();

    public static string Json(this JsonNode? node) => node?.ToJsonString() ?? "null";

    private static JsonObject Body(string data, int? cas)
    {
        var body = new JsonObject { ["data"] = JsonNode.Parse(data) };
        if (cas is not null)
        {
            body["options"] = new JsonObject { ["cas"] = cas };
        }

        return body;
    }
}

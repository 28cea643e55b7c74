using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Discovery.Sync;

namespace Saas.LocalRegistry.Sync;

/// <summary>Makes one request of the agents' protocol and says how it went. No retries, no loops, no state.</summary>
internal sealed class RegistryClient(IRegistryChannel channel, TimeProvider time)
{
    /// <summary>Beyond the time that a long poll may take.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private const int MaxReasonBytes = 512;

    /// <exception cref="RegistryException"/>
    public Task<NodeSyncResult> SyncAsync(string ns, ReadOnlyMemory<byte> message, CancellationToken ct) => SendAsync(
        HttpMethod.Post, $"{SyncProtocol.NodePath}?ns={Uri.EscapeDataString(ns)}", message, SyncJson.Default.NodeSyncResult, TimeSpan.Zero, ct);

    /// <param name="datacenter">Empty: the node's own.</param>
    /// <param name="wait">Whole seconds, 0 to 60.</param>
    /// <exception cref="RegistryException"/>
    public Task<CatalogDelta> FollowAsync(string datacenter, ulong index, TimeSpan wait, CancellationToken ct) => SendAsync(
        HttpMethod.Get, $"{SyncProtocol.FeedPath}?index={index}&wait={(int)wait.TotalSeconds}{Datacenter(datacenter)}",
        null, SyncJson.Default.CatalogDelta, wait, ct);

    /// <exception cref="RegistryException"/>
    public Task<QueryAnswer> QueryAsync(string query, string datacenter, CancellationToken ct) => SendAsync(
        HttpMethod.Get, $"{SyncProtocol.QueryPath}?name={Uri.EscapeDataString(query)}{Datacenter(datacenter)}",
        null, SyncJson.Default.QueryAnswer, TimeSpan.Zero, ct);

    /// <exception cref="RegistryException"/>
    public Task<IReadOnlyList<string>> DatacentersAsync(CancellationToken ct) => SendAsync(
        HttpMethod.Get, SyncProtocol.DatacentersPath, null, SyncJson.Default.IReadOnlyListString, TimeSpan.Zero, ct);

    private static string Datacenter(string datacenter) => datacenter.Length == 0 ? "" : $"&dc={Uri.EscapeDataString(datacenter)}";

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, JsonTypeInfo<T> type, TimeSpan wait, CancellationToken ct)
        where T : class
    {
        using var timeout = new CancellationTokenSource(wait + AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using var response = await channel.SendAsync(method, path, body, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusalAsync(response, path, either.Token);
            }

            // Catalogs are large: read as they come, never held as text.
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            return await JsonSerializer.DeserializeAsync(stream, type, either.Token) ?? throw new JsonException("null");
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new RegistryException(RegistryFault.Unavailable, $"{Bare(path)}: no answer in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RegistryException(RegistryFault.Unavailable, $"{Bare(path)}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new RegistryException(RegistryFault.Unavailable, $"{Bare(path)}: the answer is not the protocol's: {e.Message}", e);
        }
    }

    private static async Task<RegistryException> RefusalAsync(HttpResponseMessage response, string path, CancellationToken ct)
    {
        var retryAfter = response.Headers.RetryAfter?.Delta;
        var fault = response.StatusCode switch
        {
            HttpStatusCode.NotFound => RegistryFault.NotFound,
            HttpStatusCode.TooManyRequests => RegistryFault.Throttled,
            HttpStatusCode.ServiceUnavailable when retryAfter is not null => RegistryFault.Throttled,
            HttpStatusCode.RequestTimeout or HttpStatusCode.Unauthorized => RegistryFault.Unavailable,
            >= HttpStatusCode.InternalServerError or < HttpStatusCode.BadRequest => RegistryFault.Unavailable,
            _ => RegistryFault.Refused,
        };
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var reason = new byte[MaxReasonBytes];
        var read = await stream.ReadAtLeastAsync(reason, reason.Length, throwOnEndOfStream: false, ct);
        var text = System.Text.Encoding.UTF8.GetString(reason, 0, read).ReplaceLineEndings(" ");
        return new RegistryException(fault, $"{Bare(path)}: {(int)response.StatusCode} {text}") { RetryAfter = retryAfter };
    }

    private static string Bare(string path) => path.Split('?')[0];
}

using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables.Internal;

/// <summary>The service's requests: addresses, headers, and what is an error.</summary>
internal sealed class TableRest(Uri endpoint, TableClientOptions options, HttpPipelinePolicy authentication)
{
    private readonly string _endpoint = endpoint.AbsoluteUri.TrimEnd('/');

    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(new HttpPipelineOptions(options)
    {
        PerRetryPolicies = { authentication },
        RequestFailedDetailsParser = TableErrorParser.Instance,
    });

    public string TableAddress(string table) => $"{_endpoint}/{table}";

    /// <summary>A quote within a key is doubled, as in OData, and then all of it encoded for the path.</summary>
    public string EntityAddress(string table, string partitionKey, string rowKey) =>
        $"{_endpoint}/{table}(PartitionKey='{Encode(partitionKey)}',RowKey='{Encode(rowKey)}')";

    public async Task<Response> SendJsonAsync(
        RequestMethod method, string address, ETag? ifMatch, ReadOnlyMemory<byte>? body, CancellationToken ct)
    {
        using var message = CreateMessage(method, address);
        if (ifMatch is { } etag)
        {
            message.Request.Headers.Add("If-Match", etag.ToString());
        }

        if (body is { } json)
        {
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Headers.Add("Prefer", "return-no-content");
            message.Request.Content = RequestContent.Create(json);
        }

        return await SendAsync(message, ct);
    }

    /// <summary>An answer of 404 is no error.</summary>
    public async Task<Response> DeleteAsync(string address, ETag ifMatch, CancellationToken ct)
    {
        using var message = CreateMessage(RequestMethod.Delete, address);
        message.Request.Headers.Add("If-Match", ifMatch.ToString());
        await _pipeline.SendAsync(message, ct);
        if (message.Response.Status != 404)
        {
            ThrowIfFailed(message.Response);
        }

        return message.Response;
    }

    /// <summary>The answer's entity or entities, parsed; null for 404 where that <paramref name="mayBeMissing"/>.</summary>
    public async Task<(Response Response, JsonDocument? Body)> GetJsonAsync(string address, bool mayBeMissing, CancellationToken ct)
    {
        using var message = CreateMessage(RequestMethod.Get, address);
        await _pipeline.SendAsync(message, ct);
        if (message.Response.Status == 404 && mayBeMissing)
        {
            return (message.Response, null);
        }

        ThrowIfFailed(message.Response);
        return (message.Response, await JsonDocument.ParseAsync(message.Response.ContentStream!, cancellationToken: ct));
    }

    public async Task<IReadOnlyList<Response>> SendBatchAsync(IReadOnlyList<TableTransactionAction> actions, string table, CancellationToken ct)
    {
        using var message = CreateMessage(RequestMethod.Post, $"{_endpoint}/$batch");
        var changes = new ChangeSet(this, table, actions);
        message.Request.Headers.Add("Content-Type", changes.ContentType);
        message.Request.Content = RequestContent.Create(changes.Write());
        var response = await SendAsync(message, ct);
        var answers = ChangeSetAnswer.Read(response);
        if (answers.FirstOrDefault(static answer => answer.IsError) is { } refused)
        {
            throw new TableTransactionFailedException(Failure(refused));
        }

        return answers.Count == actions.Count
            ? answers
            : throw new RequestFailedException(
                response.Status, $"The batch of {actions.Count} was answered by {answers.Count} parts.");
    }

    private static RequestFailedException Failure(Response response) => new(response, null, TableErrorParser.Instance);

    private async Task<Response> SendAsync(HttpMessage message, CancellationToken ct)
    {
        await _pipeline.SendAsync(message, ct);
        ThrowIfFailed(message.Response);
        return message.Response;
    }

    private HttpMessage CreateMessage(RequestMethod method, string address)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(address));
        message.Request.Headers.Add("x-ms-version", options.Version);
        message.Request.Headers.Add("DataServiceVersion", "3.0");
        message.Request.Headers.Add("Accept", "application/json;odata=minimalmetadata");
        return message;
    }

    private static void ThrowIfFailed(Response response)
    {
        if (response.Status is < 200 or > 299)
        {
            throw Failure(response);
        }
    }

    private static string Encode(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));
}

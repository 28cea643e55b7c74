using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Saas.Storage.AzureTables;
using Saas.Storage.Tables;

namespace Saas.Contracts.Tests.Tables;

/// <summary>What Azurite does not do but the service may: tokens, and continuations of every form.</summary>
public sealed class AzureTableStoreWireTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static AzureTableStore Over(ScriptedService service) => new(new TableServiceClient(
        new Uri("https://account.table.core.windows.net"),
        new FixedToken(),
        new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(service)) }));

    [Fact]
    public async Task ATokenCredentialIsAskedForTheStorageScopeAndSentAsBearer()
    {
        var service = new ScriptedService(("{\"value\":[]}", null, null));
        await Over(service).QueryAsync("table", "part", RowRange.All, 10, null, Ct);
        Assert.Equal("Bearer token-for-https://storage.azure.com/.default", service.Requests[0].Authorization);
    }

    [Fact]
    public async Task AnEmptyPageMayHaveAContinuation()
    {
        var service = new ScriptedService(("{\"value\":[]}", "1!8!cGFydA--", "1!4!cm93"), ("{\"value\":[]}", null, null));
        var store = Over(service);
        var first = await store.QueryAsync("table", "part", RowRange.Prefix("job|"), 10, null, Ct);
        Assert.Empty(first.Rows);
        Assert.NotNull(first.Continuation);
        var second = await store.QueryAsync("table", "part", RowRange.Prefix("job|"), 10, first.Continuation, Ct);
        Assert.Null(second.Continuation);
        Assert.DoesNotContain("NextPartitionKey", service.Requests[0].Query, StringComparison.Ordinal);
        Assert.Contains("NextPartitionKey=1!8!cGFydA--&NextRowKey=1!4!cm93", Uri.UnescapeDataString(service.Requests[1].Query), StringComparison.Ordinal);
        Assert.Equal(service.Requests[0].Query, service.Requests[1].Query.Split("&NextPartitionKey")[0]);
    }

    [Fact]
    public async Task AContinuationMayLackTheRow()
    {
        var service = new ScriptedService(("{\"value\":[]}", "1!8!cGFydA--", null), ("{\"value\":[]}", null, null));
        var store = Over(service);
        var first = await store.ScanAsync("table", 10, null, Ct);
        await store.ScanAsync("table", 10, first.Continuation, Ct);
        Assert.DoesNotContain("NextRowKey", service.Requests[1].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEntityIsReadFromItsAnnotations()
    {
        const string entity = """
            {"odata.etag":"W/\"datetime'2026-01-01T00%3A00%3A00.0000001Z'\"","PartitionKey":"part","RowKey":"row",
             "Timestamp":"2026-01-01T00:00:00.0000001Z","w":"x","v0@odata.type":"Edm.Binary","v0":"aGVsbG8="}
            """;
        var page = await Over(new ScriptedService(($$"""{"value":[{{entity}}]}""", null, null)))
            .ScanAsync("table", 10, null, Ct);
        var row = Assert.Single(page.Rows);
        Assert.Equal("hello", Encoding.UTF8.GetString(row.Value.Span));
        Assert.Equal("W/\"datetime'2026-01-01T00%3A00%3A00.0000001Z'\"", row.ETag);
    }

    private sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new($"token-for-{requestContext.Scopes.Single()}", TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    /// <summary>Answers with the pages given, in turn.</summary>
    private sealed class ScriptedService(params (string Body, string? NextPartition, string? NextRow)[] answers) : HttpMessageHandler
    {
        public List<(string? Authorization, string Query)> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            var (body, partition, row) = answers[Requests.Count];
            Requests.Add((request.Headers.Authorization?.ToString(), request.RequestUri!.Query));
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) };
            if (partition is not null)
            {
                response.Headers.Add("x-ms-continuation-NextPartitionKey", partition);
            }

            if (row is not null)
            {
                response.Headers.Add("x-ms-continuation-NextRowKey", row);
            }

            return Task.FromResult(response);
        }
    }
}

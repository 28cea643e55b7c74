using System.Runtime.CompilerServices;

namespace Azure.Data.Tables.Internal;

/// <summary>
/// A query's pages. The continuation is the next partition and row key, encoded and divided by a space; the service
/// may leave the row key out, and may give a continuation with an empty page.
/// </summary>
internal sealed class EntityPages<T>(TableRest rest, string table, string? filter, int? maxPerPage, CancellationToken ct)
    : AsyncPageable<T>(ct)
    where T : class, ITableEntity
{
    public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null) =>
        ReadPagesAsync(continuationToken, pageSizeHint ?? maxPerPage, CancellationToken);

    private async IAsyncEnumerable<Page<T>> ReadPagesAsync(
        string? continuation, int? take, [EnumeratorCancellation] CancellationToken ct)
    {
        do
        {
            var (response, body) = await rest.GetJsonAsync(Address(continuation, take), mayBeMissing: false, ct);
            using (body)
            {
                var entities = body!.RootElement.GetProperty("value").EnumerateArray().Select(EntityJson.Read<T>).ToList();
                continuation = Continuation(response);
                yield return Page<T>.FromValues(entities, continuation, response);
            }
        }
        while (continuation is not null);
    }

    private string Address(string? continuation, int? take)
    {
        var query = new List<string>();
        if (filter is not null)
        {
            query.Add($"$filter={Uri.EscapeDataString(filter)}");
        }

        if (take is { } top)
        {
            query.Add($"$top={top}");
        }

        if (continuation?.Split(' ', 2) is { } at)
        {
            query.Add($"NextPartitionKey={at[0]}");
            query.AddRange(at.Length == 2 ? [$"NextRowKey={at[1]}"] : []);
        }

        return $"{rest.TableAddress(table)}()?{string.Join('&', query)}";
    }

    private static string? Continuation(Response response)
    {
        if (!response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition))
        {
            return null;
        }

        return response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) && row.Length > 0
            ? $"{Uri.EscapeDataString(partition)} {Uri.EscapeDataString(row)}"
            : Uri.EscapeDataString(partition);
    }
}

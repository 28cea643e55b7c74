using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Api;

/// <summary>One page of a list, oldest first.</summary>
/// <param name="Next">Sent as <c>after</c> it gives the next page; absent on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// Pages by id: <c>?limit=100&amp;after=prj_…</c>. Ids sort by age, so a page stays what it is while others write.
/// </summary>
internal readonly record struct Paging(int Limit, string? After)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <exception cref="ProblemException">400.</exception>
    public static Paging Of(ApiRequest request, string prefix)
    {
        var limit = DefaultLimit;
        if (request.Query("limit") is { } given
            && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            throw new ProblemException(Problem.Invalid("limit", $"Expected a number from 1 to {MaxLimit}; {Rules.Came(given)} came."));
        }

        var after = request.Query("after");
        if (after is not null && !EntityId.IsValid(prefix, after))
        {
            throw new ProblemException(Problem.Invalid("after", $"Expected the 'next' of the page before; {Rules.Came(after)} came."));
        }

        return new Paging(limit, after);
    }

    /// <param name="rowPrefix">What the ids follow in the row keys.</param>
    /// <param name="where">Which rows are of the list; default all.</param>
    public async Task<Page<TView>> ReadAsync<T, TView>(
        TablePartition rows, string rowPrefix, JsonTypeInfo<T> type, Func<T, string> id, Func<T, TView> view,
        Func<T, bool>? where, CancellationToken ct)
    {
        var all = RowRange.Prefix(rowPrefix);
        // All ids of a kind have one length: the first key that sorts behind this one is it with a character more.
        var range = After is null ? all : new RowRange(rowPrefix + After + "!", all.To);
        var found = new List<T>();
        await foreach (var row in rows.ReadAllAsync(range, type, ct))
        {
            if (where is not null && !where(row.Value))
            {
                continue;
            }

            found.Add(row.Value);
            if (found.Count > Limit)
            {
                break;
            }
        }

        return found.Count > Limit
            ? new Page<TView>([.. found.Take(Limit).Select(view)], id(found[Limit - 1]))
            : new Page<TView>([.. found.Select(view)], null);
    }
}

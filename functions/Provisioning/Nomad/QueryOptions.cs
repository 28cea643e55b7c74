using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Discovery;
using Saas.Discovery.Filter;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad.Listing;

namespace Saas.Provisioning.Nomad;

/// <summary>
/// What every reading endpoint of Nomad takes in its query. <c>stale</c> and <c>consistent</c> mean nothing here: every
/// read sees every acknowledged write. What an endpoint does not know it ignores, as Nomad does.
/// </summary>
internal sealed record QueryOptions
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);

    /// <summary>Of the wait: what is added at random so that waiting clients do not all come back at once.</summary>
    private const int JitterFraction = 16;

    private const int MaxPerPage = 1000;

    /// <summary>The index of the answer the client has; 0: answer at once.</summary>
    public long Index { get; private init; }

    /// <summary>How long to wait for another answer, jitter included.</summary>
    public TimeSpan Wait { get; private init; }

    public string Prefix { get; private init; } = "";

    /// <summary>Where the page begins: see <see cref="NomadPages"/>. Null: at the begin.</summary>
    public string? NextToken { get; private init; }

    /// <summary>Null: everything.</summary>
    public int? PerPage { get; private init; }

    public bool Reverse { get; private init; }

    public bool HasFilter => Filter.Length > 0;

    private string Filter { get; init; } = "";

    /// <exception cref="ProblemException">400: a parameter is not what it has to be.</exception>
    public static QueryOptions Of(IQueryCollection query)
    {
        var index = 0L;
        if (Text(query, "index") is { } given && !long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            throw new ProblemException(NomadErrors.BadRequest("index", "Invalid index"));
        }

        var wait = DefaultWait;
        if (Text(query, "wait") is { } duration && !GoDuration.TryParse(duration, out wait))
        {
            throw new ProblemException(NomadErrors.BadRequest("wait", "Invalid wait time"));
        }

        wait = wait <= TimeSpan.Zero ? DefaultWait : wait > MaxWait ? MaxWait : wait;
        return new QueryOptions
        {
            Index = index,
            Wait = wait + (wait / JitterFraction * Random.Shared.NextDouble()),
            Prefix = Text(query, "prefix") ?? "",
            NextToken = Text(query, "next_token"),
            PerPage = PerPageOf(Text(query, "per_page")),
            Reverse = IsSet(query, "reverse"),
            Filter = Text(query, "filter") ?? "",
        };
    }

    /// <summary>The filter, over the things listed, as their JSON shows them or by fields of their own. Without one everything matches.</summary>
    /// <exception cref="ProblemException">400: it is not an expression over these.</exception>
    public FilterExpression<T> FilterOver<T>(JsonTypeInfo<T> type)
        where T : class => FilterOver(new JsonFields<T>(type));

    public FilterExpression<T> FilterOver<T>(IFilterFields<T> fields)
    {
        try
        {
            return FilterExpression<T>.Parse(Filter, fields);
        }
        catch (FilterException e)
        {
            throw new ProblemException(NomadErrors.BadRequest(
                "filter", $"failed to create result paginator: failed to read filter expression: {e.Reason}"));
        }
    }

    /// <summary>As Nomad's clients set a flag: <c>?reverse=true</c>, <c>?reverse</c>; <c>false</c> and <c>0</c> unset it.</summary>
    public static bool IsSet(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values[0] is not ("false" or "0" or "f" or "F" or "False" or "FALSE");

    private static string? Text(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values[0] is { Length: > 0 } text ? text : null;

    private static int? PerPageOf(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var perPage) ? perPage == 0 ? null : Math.Min(perPage, MaxPerPage)
        : throw new ProblemException(NomadErrors.BadRequest("per_page", "Invalid per_page: expected a number"));
}

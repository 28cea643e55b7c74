using Saas.Discovery.Filter;

namespace Saas.Provisioning.Nomad.Listing;

/// <summary>A page of a list, in the order it is answered in.</summary>
/// <param name="Next">The token of the first thing of the next page; null: this was the last.</param>
internal sealed record NomadPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Nomad's pagination: a token names the first thing of a page, and pages are of what the filter has left.</summary>
internal static class NomadPages
{
    /// <param name="ascending">In the ordinal order of their tokens, each of which only one has.</param>
    public static NomadPage<T> Of<T>(IEnumerable<T> ascending, Func<T, string> tokenOf, QueryOptions options, FilterExpression<T> filter)
    {
        var ordered = options.Reverse ? ascending.Reverse() : ascending;
        var page = new List<T>();
        foreach (var item in ordered)
        {
            if (options.NextToken is { } from && IsBefore(tokenOf(item), from, options.Reverse))
            {
                continue;
            }

            if (!filter.Matches(item))
            {
                continue;
            }

            if (page.Count == options.PerPage)
            {
                return new NomadPage<T>(page, tokenOf(item));
            }

            page.Add(item);
        }

        return new NomadPage<T>(page, null);
    }

    private static bool IsBefore(string token, string from, bool isReverse) =>
        isReverse ? string.CompareOrdinal(token, from) > 0 : string.CompareOrdinal(token, from) < 0;
}

using System.Collections.Frozen;

namespace Saas.Identity.Quotas;

/// <summary>What a tenant of the plan may have.</summary>
public sealed record Plan(string Name, string Description, FrozenDictionary<QuotaKind, int> Limits);

public static class Plans
{
    public const string Dev = "dev";
    public const string Prod = "prod";

    public static readonly FrozenDictionary<string, Plan> All = new[]
    {
        new Plan(Dev, "To try the platform and to develop on it.", Limits(
            projects: 10, sites: 10, members: 25, keys: 100, tokens: 100, nodes: 50, jobs: 1_000)),
        new Plan(Prod, "To run an estate of machines.", Limits(
            projects: 500, sites: 500, members: 1_000, keys: 5_000, tokens: 5_000, nodes: 10_000, jobs: 100_000)),
    }.ToFrozenDictionary(plan => plan.Name, StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">No such plan: a tenant's is always one of <see cref="All"/>.</exception>
    public static Plan Get(string name) => All[name];

    private static FrozenDictionary<QuotaKind, int> Limits(
        int projects, int sites, int members, int keys, int tokens, int nodes, int jobs) =>
        new Dictionary<QuotaKind, int>
        {
            [QuotaKind.Projects] = projects,
            [QuotaKind.Sites] = sites,
            [QuotaKind.Members] = members,
            [QuotaKind.Keys] = keys,
            [QuotaKind.EnrolmentTokens] = tokens,
            [QuotaKind.Nodes] = nodes,
            [QuotaKind.Jobs] = jobs,
        }.ToFrozenDictionary();
}

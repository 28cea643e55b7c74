using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Deployments;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nodes.Pools;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Quotas;

namespace Saas.Provisioning.Search;

/// <summary>Ids and names that begin with a text, by kind of thing; of each kind the first few, and whether there are more.</summary>
internal static class PrefixSearch
{
    /// <summary>Of each kind, as in Nomad.</summary>
    public const int Limit = 20;

    private static readonly string[] Contexts =
    [
        SearchContexts.Allocs, SearchContexts.Deployments, SearchContexts.Evals, SearchContexts.Jobs, SearchContexts.Nodes, SearchContexts.NodePools,
        SearchContexts.Namespaces, SearchContexts.Quotas, .. SearchContexts.OfNothingHere,
    ];

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, "/v1/search", RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource), HandleAsync)
                .Summary("Finds ids that begin with a text, among what the caller may list.")
                .Accepts(ProvisioningJson.Strict.SearchRequest)
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.SearchResponse);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.SearchRequest, null, ct);
        var contexts = SearchContexts.Chosen(body.Context, Contexts);
        var (sight, allocations) = (await SearchSight.OfAsync(request, ct), request.Service<AllocationReader>());
        var (matches, truncations) = (new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, bool>());
        foreach (var context in contexts)
        {
            var found = await FindAsync(sight, allocations, context, body.Prefix ?? "", ct);
            matches[context] = [.. found.Take(Limit)];
            truncations[context] = found.Count > Limit;
        }

        return NomadResponses.Ok(request, new SearchResponse(matches, truncations), ProvisioningJson.Default.SearchResponse, 1);
    }

    /// <returns>At least one more than the limit where there are more.</returns>
    internal static async Task<IReadOnlyList<string>> FindAsync(
        SearchSight sight, AllocationReader allocations, string context, string prefix, CancellationToken ct)
    {
        var found = new List<string>();
        switch (context)
        {
            case SearchContexts.Allocs:
                var projects = sight.Projects("allocations:list").Select(static project => project.Id).ToHashSet(StringComparer.Ordinal);
                found.AddRange((await allocations.AllAsync(sight.Tenant, ct))
                    .Where(view => projects.Contains(view.ProjectId)).Select(static view => view.Id).Where(Begins));
                break;

            case SearchContexts.Deployments:
                foreach (var project in sight.Projects("deployments:list"))
                {
                    found.AddRange((await DeploymentRows.ListAsync(sight.Tenant, project.Id, prefix, static _ => true, ct)).Select(static deployment => deployment.Id));
                }

                break;

            case SearchContexts.Evals:
                foreach (var project in sight.Projects("evaluations:list"))
                {
                    found.AddRange((await EvaluationRows.ListAsync(sight.Tenant, project.Id, static _ => true, ct)).SelectMany(EvaluationChain.IdsOf).Where(Begins));
                }

                break;

            case SearchContexts.Jobs when prefix.Length == 0 || JobIds.CanExist(prefix):
                await foreach (var (_, job) in sight.JobsAsync(prefix, ct))
                {
                    found.Add(job.Job.ID!);
                    if (found.Count > Limit)
                    {
                        break;
                    }
                }

                break;

            case SearchContexts.Nodes when sight.May("nodes:list", ResourceNames.Node("*")):
                found.AddRange((await NodeRows.ListAsync(sight.Tenant, ct)).Select(static node => node.Id).Where(Begins));
                break;

            case SearchContexts.NodePools when sight.May("nodepools:list", ResourceNames.NodePool("*")):
                found.AddRange((await NodePoolRows.ListAsync(sight.Tenant, ct)).Select(static pool => pool.Name).Where(Begins));
                break;

            case SearchContexts.Namespaces:
                found.AddRange(sight.Namespaces("projects:read").Select(static project => project.Name).Where(Begins));
                break;

            case SearchContexts.Quotas:
                var quotas = (await QuotaRows.ListAsync(sight.Tenant, ct)).Select(static quota => quota.ProjectId).ToHashSet(StringComparer.Ordinal);
                found.AddRange(sight.Namespaces("quotas:read").Where(project => quotas.Contains(project.Id)).Select(static project => project.Name).Where(Begins));
                break;
        }

        return found;

        bool Begins(string text) => text.StartsWith(prefix, StringComparison.Ordinal);
    }
}

/// <summary>Nomad's SearchRequest.</summary>
internal sealed record SearchRequest : QueryRequestBody
{
    /// <summary>One of <see cref="SearchContexts"/>; empty and null: all.</summary>
    public string? Context { get; init; }
}

internal sealed record SearchResponse(IReadOnlyDictionary<string, IReadOnlyList<string>> Matches, IReadOnlyDictionary<string, bool> Truncations);

/// <summary>Kinds of things that can be found, in Nomad's words.</summary>
internal static class SearchContexts
{
    public const string Allocs = "allocs";
    public const string Deployments = "deployment";
    public const string Evals = "evals";
    public const string Jobs = "jobs";
    public const string Nodes = "nodes";
    public const string NodePools = "node_pools";
    public const string Namespaces = "namespaces";
    public const string Quotas = "quotas";
    public const string Groups = "groups";
    public const string Services = "services";
    public const string Tasks = "tasks";
    public const string Images = "images";
    public const string Commands = "commands";
    public const string Classes = "classes";
    public const string All = "all";

    /// <summary>Nomad's kinds of which there is nothing on this platform: its clients look for all kinds that they know.</summary>
    public static IReadOnlyList<string> OfNothingHere { get; } = ["plugins", "volumes", "host_volumes", "scaling_policy", "vars"];

    /// <exception cref="ProblemException">Nomad's 500: it is none of them.</exception>
    public static IReadOnlyList<string> Chosen(string? context, IReadOnlyList<string> known) =>
        context is null or "" or All ? known
        : known.Contains(context) ? [context]
        : throw new ProblemException(Problem.Invalid("Context", $"Expected one of {string.Join(", ", known)}, {All}.")
            .AsRefusal($"context must be one of [{string.Join(' ', known)}] or '{All}' for all contexts; got \"{context}\""));
}

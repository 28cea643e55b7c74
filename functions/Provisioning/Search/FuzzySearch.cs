using Microsoft.AspNetCore.Http;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nodes.Pools;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Search;

/// <summary>
/// Names that contain a text, in any case: of jobs and what is in them, nodes and allocations. The earlier and the shorter come
/// first. Ids without a name are found by their begin.
/// </summary>
internal static class FuzzySearch
{
    private const int MinTermLength = 2;
    private const int MaxTermLength = 256;

    /// <summary>Of each kind, as in Nomad.</summary>
    private const int Limit = 100;

    private static readonly string[] InJobs =
        [SearchContexts.Jobs, SearchContexts.Groups, SearchContexts.Services, SearchContexts.Tasks, SearchContexts.Images, SearchContexts.Commands];

    private static readonly string[] ByPrefix = [SearchContexts.Deployments, SearchContexts.Evals, SearchContexts.Quotas];

    private static readonly string[] Contexts =
        [.. InJobs, SearchContexts.Allocs, SearchContexts.Nodes, SearchContexts.Classes, SearchContexts.NodePools, SearchContexts.Namespaces, .. ByPrefix];

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, "/v1/search/fuzzy", RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource), HandleAsync)
                .Summary("Finds names that contain a text, among what the caller may list.")
                .Accepts(ProvisioningJson.Strict.FuzzySearchRequest)
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.FuzzySearchResponse);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.FuzzySearchRequest, null, ct);
        var text = body.Text ?? "";
        if (text.Length is < MinTermLength or > MaxTermLength)
        {
            return Problem.Invalid("Text", $"Expected {MinTermLength} to {MaxTermLength} characters; {text.Length} came.").AsRefusal(text.Length < MinTermLength
                ? $"fuzzy search query must be at least {MinTermLength} characters, got {text.Length}"
                : $"fuzzy search query must be at most {MaxTermLength} characters, got {text.Length}");
        }

        // A job holds several kinds of things: who asks for one of them asks for its job alone.
        var contexts = body.Context is SearchContexts.Jobs ? InJobs : SearchContexts.Chosen(body.Context, Contexts);
        var (sight, allocations) = (await SearchSight.OfAsync(request, ct), request.Service<AllocationReader>());
        var matches = contexts.ToDictionary(static context => context, static _ => new List<FuzzyHit>());
        await FindInJobsAsync(sight, matches, text, ct);
        await FindElsewhereAsync(sight, allocations, matches, text, ct);
        var sorted = matches.Where(static pair => pair.Value.Count > 0).ToDictionary(
            static pair => pair.Key,
            static IReadOnlyList<FuzzyMatchBody> (pair) =>
            [
                .. pair.Value.OrderBy(static hit => hit.At).ThenBy(static hit => hit.Match.ID.Length).ThenBy(static hit => hit.Match.ID, StringComparer.Ordinal)
                    .Select(static hit => hit.Match).Take(Limit),
            ]);
        var truncations = matches.ToDictionary(static pair => pair.Key, static pair => pair.Value.Count > Limit);
        return NomadResponses.Ok(request, new FuzzySearchResponse(sorted, truncations), ProvisioningJson.Default.FuzzySearchResponse, 1);
    }

    private static async Task FindInJobsAsync(SearchSight sight, Dictionary<string, List<FuzzyHit>> matches, string text, CancellationToken ct)
    {
        if (!InJobs.Any(matches.ContainsKey))
        {
            return;
        }

        await foreach (var (project, record) in sight.JobsAsync("", ct))
        {
            var job = record.Job;
            Add(matches, SearchContexts.Jobs, job.Name, text, project.Name, job.ID!);
            foreach (var group in job.TaskGroups ?? [])
            {
                Add(matches, SearchContexts.Groups, group.Name, text, project.Name, job.ID!);
                foreach (var service in group.Services ?? [])
                {
                    Add(matches, SearchContexts.Services, service.Name, text, project.Name, job.ID!, group.Name!);
                }

                foreach (var task in group.Tasks ?? [])
                {
                    FindInTask(matches, task, text, [project.Name, job.ID!, group.Name!]);
                }
            }
        }
    }

    private static void FindInTask(Dictionary<string, List<FuzzyHit>> matches, JobTask task, string text, string[] scope)
    {
        Add(matches, SearchContexts.Tasks, task.Name, text, scope);
        foreach (var service in task.Services ?? [])
        {
            Add(matches, SearchContexts.Services, service.Name, text, [.. scope, task.Name!]);
        }

        Add(matches, SearchContexts.Images, TextOf(task, "image"), text, [.. scope, task.Name!]);
        Add(matches, SearchContexts.Commands, TextOf(task, "command"), text, [.. scope, task.Name!]);
    }

    private static async Task FindElsewhereAsync(
        SearchSight sight, AllocationReader allocations, Dictionary<string, List<FuzzyHit>> matches, string text, CancellationToken ct)
    {
        if (matches.ContainsKey(SearchContexts.Allocs))
        {
            var projects = sight.Projects("allocations:list").ToDictionary(static project => project.Id, static project => project.Name);
            foreach (var view in (await allocations.AllAsync(sight.Tenant, ct)).Where(view => projects.ContainsKey(view.ProjectId)))
            {
                Add(matches, SearchContexts.Allocs, view.Name, text, projects[view.ProjectId], view.Id);
            }
        }

        if ((matches.ContainsKey(SearchContexts.Nodes) || matches.ContainsKey(SearchContexts.Classes)) && sight.May("nodes:list", ResourceNames.Node("*")))
        {
            foreach (var node in await NodeRows.ListAsync(sight.Tenant, ct))
            {
                Add(matches, SearchContexts.Nodes, NodeRows.NameOf(node), text, node.Id);
                Add(matches, SearchContexts.Classes, NodeFacts.ClassOf(node), text, node.Id);
            }
        }

        if (matches.ContainsKey(SearchContexts.NodePools) && sight.May("nodepools:list", ResourceNames.NodePool("*")))
        {
            foreach (var pool in await NodePoolRows.ListAsync(sight.Tenant, ct))
            {
                Add(matches, SearchContexts.NodePools, pool.Name, text);
            }
        }

        foreach (var project in sight.Namespaces("projects:read"))
        {
            Add(matches, SearchContexts.Namespaces, project.Name, text);
        }

        foreach (var context in ByPrefix.Where(matches.ContainsKey))
        {
            foreach (var id in await PrefixSearch.FindAsync(sight, allocations, context, text, ct))
            {
                matches[context].Add(new FuzzyHit(0, new FuzzyMatchBody(id, null)));
            }
        }
    }

    private static void Add(Dictionary<string, List<FuzzyHit>> matches, string context, string? name, string text, params string[] scope)
    {
        if (matches.TryGetValue(context, out var hits) && name?.IndexOf(text, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            hits.Add(new FuzzyHit(at, new FuzzyMatchBody(name, scope.Length == 0 ? null : scope)));
        }
    }

    private static string? TextOf(JobTask task, string key) =>
        task.Config?.GetValueOrDefault(key) is { ValueKind: System.Text.Json.JsonValueKind.String } value ? value.GetString() : null;

    /// <param name="At">Where the text begins in the name.</param>
    private sealed record FuzzyHit(int At, FuzzyMatchBody Match);
}

/// <summary>Nomad's FuzzySearchRequest.</summary>
internal sealed record FuzzySearchRequest : QueryRequestBody
{
    public string? Text { get; init; }

    /// <summary>One of <see cref="SearchContexts"/>; empty and null: all. <c>jobs</c> are with what is in them.</summary>
    public string? Context { get; init; }
}

internal sealed record FuzzySearchResponse(
    IReadOnlyDictionary<string, IReadOnlyList<FuzzyMatchBody>> Matches, IReadOnlyDictionary<string, bool> Truncations);

/// <summary>Nomad's FuzzyMatch.</summary>
/// <param name="ID">The name, or the id of what has none.</param>
/// <param name="Scope">Where it is, from the namespace inwards; null: it says all.</param>
internal sealed record FuzzyMatchBody(
    string ID,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Scope);

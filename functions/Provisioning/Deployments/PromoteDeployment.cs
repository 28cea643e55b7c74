using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Deployments;

/// <summary>
/// Lets the canaries of all groups, or of some, become ordinary, and the others follow. Only where as many of them are
/// healthy as the group asks for.
/// </summary>
internal static class PromoteDeployment
{
    public static void Map(IRouteTable routes) =>
        DeploymentUpdates.Map(routes, "promote", "deployments:promote", HandleAsync, static route => route
            .Summary("Promotes the canaries of all groups, or of those named.")
            .Accepts(ProvisioningJson.Strict.PromoteDeploymentRequest));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.PromoteDeploymentRequest, null, ct);
        request.CheckDeploymentId(body.DeploymentID);
        var deployment = request.Deployment().Record;
        if (body.Groups?.FirstOrDefault(group => !deployment.Groups.ContainsKey(group)) is { } unknown)
        {
            return Problem.Invalid("Groups", $"The deployment has the groups {string.Join(", ", deployment.Groups.Keys.Order())}; {unknown} came.");
        }

        var groups = body.All ? null : (body.Groups ?? []).ToHashSet(StringComparer.Ordinal);
        var outcome = await request.Service<PromoteDeploymentHandler>().HandleAsync(request.Tenant, deployment, groups, ct);
        return DeploymentUpdates.Answer(request, outcome);
    }
}

internal sealed record PromoteDeploymentRequest : WriteRequestBody
{
    public string? DeploymentID { get; init; }
    public bool All { get; init; }
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Nanoseconds since 1970. Not looked at: it is now.</summary>
    public long PromotedAt { get; init; }
}

internal sealed class PromoteDeploymentHandler(DeploymentChanges changes, AllocationReader allocations)
{
    /// <param name="groups">Null: all.</param>
    public Task<DeploymentOutcome> HandleAsync(
        TenantScope tenant, DeploymentRecord deployment, IReadOnlySet<string>? groups, CancellationToken ct) =>
        changes.ChangeAsync(tenant, deployment, async (present, _) =>
        {
            if (!DeploymentStatus.IsActive(present.Status))
            {
                return DeploymentChange.Refused("can't promote terminal deployment");
            }

            var promoted = present.Groups.Where(group => groups?.Contains(group.Key) is not false).ToDictionary();
            var views = await allocations.OfDeploymentAsync(tenant, present, ct);
            var faults = promoted.Select(group => FaultOf(group.Key, group.Value, views)).OfType<string>().Order().ToArray();
            return faults.Length > 0 ? DeploymentChange.Refused(Text(faults)) : DeploymentChange.To(Promote(present, promoted));
        }, ct);

    /// <summary>A clock that runs begins anew: the scheduler sets it where there is none.</summary>
    private static DeploymentRecord Promote(DeploymentRecord present, Dictionary<string, DeploymentGroup> promoted) =>
        promoted.Values.All(static group => group.Promoted) ? present : present with
        {
            Groups = present.Groups.ToDictionary(
                static group => group.Key,
                group => promoted.ContainsKey(group.Key) && !group.Value.Promoted
                    ? group.Value with { Promoted = true, RequireProgressBy = null }
                    : group.Value),
        };

    private static string? FaultOf(string name, DeploymentGroup group, IReadOnlyList<AllocationView> allocations)
    {
        var canaries = group.PlacedCanaries.ToHashSet(StringComparer.Ordinal);
        var healthy = group.Promoted ? group.DesiredCanaries : allocations.Count(view =>
            view.Healthy is true && canaries.Contains(view.Id)
            && view.DesiredStatus == DesiredStatus.Run && !ClientStatus.IsTerminal(view.ClientStatus));
        return healthy < group.DesiredCanaries ? $"Task group \"{name}\" has {healthy}/{group.DesiredCanaries} healthy allocations" : null;
    }

    /// <summary>Several errors as Nomad's clients get them: a count, then one a line.</summary>
    private static string Text(string[] faults) =>
        (faults.Length == 1 ? "1 error occurred:" : $"{faults.Length} errors occurred:") + string.Concat(faults.Select(static fault => "\n\t* " + fault)) + "\n\n";
}

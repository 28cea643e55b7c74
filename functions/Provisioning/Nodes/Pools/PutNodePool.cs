using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes.Pools;

/// <summary>Describes a node pool. Nodes are in it by their agents' settings, whether it is described or not.</summary>
internal static class PutNodePool
{
    private const int MaxDescriptionLength = 256;
    private const int MaxMeta = 64;
    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 1024;

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            Describe(routes.Map(method, "/v1/node/pools", RouteAccess.Requires("nodepools:write", ResourceNames.NodePool("*")), HandleAsync));
            Describe(routes.Map(method, "/v1/node/pool/{pool}", ReadNodePools.OnPool("nodepools:write"), HandleAsync));
        }

        static void Describe(IRoute route) => route
            .Summary("Creates or changes a node pool.")
            .Accepts(ProvisioningJson.Strict.NodePoolRequest)
            .Produces(StatusCodes.Status200OK);
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.NodePoolRequest, null, ct);
        if (request.Http.Request.RouteValues["pool"] is string path && path != body.Name)
        {
            return NomadErrors.BadRequest("Name", "Node pool name does not match request path");
        }

        if (FaultsOf(body).ToArray() is { Length: > 0 } faults)
        {
            return Problem.Invalid(faults) with
            {
                Peer = new PeerError(StatusCodes.Status400BadRequest, $"invalid node pool \"{body.Name}\": {NomadErrors.TextOf([.. faults.Select(static fault => fault with { Field = "" })])}"),
            };
        }

        if (NodePoolRows.IsBuiltIn(body.Name!))
        {
            return NomadErrors.BadRequest("Name", $"modifying node pool \"{body.Name}\" is not allowed");
        }

        var index = await request.Service<PutNodePoolHandler>().HandleAsync(request.Tenant, body.ToRecord(), ct);
        if (index is null)
        {
            return Problem.Conflict("node-pools-exceeded", $"A tenant has at most {NodePoolRows.Max} node pools.").AsRefusal();
        }

        NomadAnswer.SetHeaders(request.Http.Response.Headers, index.Value);
        return Results.Ok();
    }

    private static IEnumerable<FieldError> FaultsOf(NodePoolRequest pool)
    {
        if (!NodePools.IsName(pool.Name))
        {
            yield return new("Name", $"invalid name \"{pool.Name}\", must match regex ^[a-zA-Z0-9-_]{{1,128}}$");
        }

        if (pool.Description?.Length > MaxDescriptionLength)
        {
            yield return new("Description", $"description longer than {MaxDescriptionLength}");
        }

        if (pool.SchedulerConfiguration is not null)
        {
            yield return new("SchedulerConfiguration", "Node Pools Governance is unlicensed.");
        }

        if (pool.Meta?.Count > MaxMeta || pool.Meta?.Any(static pair => pair.Key.Length > MaxKeyLength || pair.Value?.Length > MaxValueLength) is true)
        {
            yield return new("Meta", $"meta has more than {MaxMeta} entries, keys of more than {MaxKeyLength} or values of more than {MaxValueLength} characters");
        }
    }
}

internal sealed record NodePoolRequest
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>Refused unless null.</summary>
    public NodePoolSchedulerBody? SchedulerConfiguration { get; init; }

    // What clients send back of what they have read, in nanoseconds or as text; not looked at.
    public JsonElement? NodeIdentityTTL { get; init; }
    public string? Hash { get; init; }
    public long CreateIndex { get; init; }
    public long ModifyIndex { get; init; }

    public NodePoolRecord ToRecord() => new() { Name = Name!, Description = Description ?? "", Meta = Meta };
}

internal sealed class PutNodePoolHandler(ClusterEvents events)
{
    private const int MaxAttempts = 10;

    /// <returns>The pool's index; null: there are too many.</returns>
    public async Task<long?> HandleAsync(TenantScope tenant, NodePoolRecord pool, CancellationToken ct)
    {
        var rows = tenant.NodePoolsOf();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var before = await rows.GetAsync(pool.Name, ClusterJson.Default.NodePoolRecord, ct);
            if (before is null && await CountAsync(rows, ct) >= NodePoolRows.Max)
            {
                return null;
            }

            var record = pool with { ModifyIndex = before is null ? 0 : before.Value.ModifyIndex + 1 };
            var bytes = TablePartition.Bytes(record, ClusterJson.Default.NodePoolRecord);
            var write = before is null ? TableWrite.Insert(pool.Name, bytes) : TableWrite.Replace(pool.Name, bytes, before.ETag);
            if ((await rows.WriteAsync(write, ct)).IsDone)
            {
                events.Raise(tenant, ChangeKinds.Settings, null);
                return NodeFacts.CreateIndex + record.ModifyIndex;
            }
        }

        throw new StorageUnavailableException($"The pool changed during each of {MaxAttempts} attempts.");
    }

    /// <summary>Many at once may exceed the limit by a few.</summary>
    private static async Task<int> CountAsync(TablePartition rows, CancellationToken ct)
    {
        var count = 0;
        await foreach (var _ in rows.ReadAllAsync(RowRange.All, ct))
        {
            count++;
        }

        return count;
    }
}

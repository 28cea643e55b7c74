using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Nodes;

/// <summary>
/// Empties a node: nothing new is placed there, and what runs moves away at the pace of each group's migrate block. Without
/// a specification the drain is called off.
/// </summary>
internal static class DrainNode
{
    private const int MaxMeta = 64;
    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 1024;

    /// <summary>A hundred years, so that no sum of times overflows.</summary>
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(36_525);

    public static void Map(IRouteTable routes) =>
        NodeUpdates.Map(routes, "drain", "nodes:drain", HandleAsync, static route => route
            .Summary("Drains a node, or calls its drain off.")
            .Accepts(ProvisioningJson.Strict.DrainNodeRequest));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.DrainNodeRequest, null, ct);
        if (FaultOf(body) is { } fault)
        {
            return NomadErrors.BadRequest(fault.Field, fault.Message);
        }

        var spec = body.DrainSpec is null ? null : new DrainWish(DeadlineOf(body.DrainSpec.Deadline), body.DrainSpec.IgnoreSystemJobs);
        var outcome = await request.Service<DrainNodeHandler>().HandleAsync(
            request.Tenant, request.Route("nodeId"), spec, body.MarkEligible, new DrainAuthor(request.Principal.Id, body.Meta), ct);
        return NodeUpdates.Answer(request, outcome);
    }

    private static Hosting.Problems.FieldError? FaultOf(DrainNodeRequest body)
    {
        if (body.DrainSpec?.Deadline > MaxDeadline.Ticks * TimeSpan.NanosecondsPerTick)
        {
            return new("DrainSpec.Deadline", "Expected at most 36525 days, in nanoseconds.");
        }

        return body.Meta?.Count > MaxMeta || body.Meta?.Any(static pair => pair.Key.Length > MaxKeyLength || pair.Value?.Length > MaxValueLength) is true
            ? new("Meta", $"Expected at most {MaxMeta} entries, with keys of at most {MaxKeyLength} and values of at most {MaxValueLength} characters.")
            : null;
    }

    private static TimeSpan? DeadlineOf(long nanoseconds) => nanoseconds switch
    {
        0 => null,
        < 0 => TimeSpan.Zero,
        _ => TimeSpan.FromTicks(Math.Max(1, nanoseconds / TimeSpan.NanosecondsPerTick)),
    };
}

/// <summary>Nomad's NodeUpdateDrainRequest.</summary>
internal sealed record DrainNodeRequest : WriteRequestBody
{
    /// <summary>Not looked at: the path says it.</summary>
    public string? NodeID { get; init; }

    /// <summary>Null: the drain is called off.</summary>
    public DrainSpecBody? DrainSpec { get; init; }

    /// <summary>Where the drain is called off: new work may come again.</summary>
    public bool MarkEligible { get; init; }

    /// <summary>Kept with the drain, for people.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
}

internal sealed record DrainSpecBody
{
    /// <summary>Nanoseconds from now; 0: none; less: everything at once.</summary>
    public long Deadline { get; init; }

    public bool IgnoreSystemJobs { get; init; }
}

/// <param name="Deadline">As of <see cref="NodeDrain"/>.</param>
internal sealed record DrainWish(TimeSpan? Deadline, bool IgnoreSystemJobs);

/// <param name="Id">Who asks.</param>
/// <param name="Meta">What they note; null: what was noted before stays.</param>
internal sealed record DrainAuthor(string Id, IReadOnlyDictionary<string, string>? Meta);

internal sealed class DrainNodeHandler(NodeChanges changes, TimeProvider time)
{
    /// <summary>Of a node that is draining the new deadline counts from now. Calling off what is not going on changes eligibility alone.</summary>
    /// <param name="wish">Null: called off.</param>
    public Task<NodeOutcome> HandleAsync(
        TenantScope tenant, string nodeId, DrainWish? wish, bool markEligible, DrainAuthor author, CancellationToken ct) =>
        changes.ChangeAsync(
            tenant, nodeId, node => NodeOutcome.To(wish is null ? CallOff(node, markEligible, author) : Drain(node, wish, author)), ct);

    private NodeRecord Drain(NodeRecord node, DrainWish wish, DrainAuthor author)
    {
        var now = time.GetUtcNow();
        var drained = node with
        {
            Drain = new NodeDrain(now, wish.Deadline, wish.IgnoreSystemJobs),
            Ineligible = true,
            LastDrain = Last(node.Drain is null ? null : node.LastDrain, DrainStatus.Draining, author, now),
        };
        return drained.With(node.Drain is null ? NodeEvents.DrainSet : NodeEvents.DrainUpdated, NodeEvents.Drain, now);
    }

    private NodeRecord CallOff(NodeRecord node, bool markEligible, DrainAuthor author)
    {
        var now = time.GetUtcNow();
        if (node.Drain is not null)
        {
            var stays = node with
            {
                Drain = null,
                Ineligible = !markEligible,
                LastDrain = Last(node.LastDrain, DrainStatus.Canceled, author, now),
            };
            return stays.With(NodeEvents.DrainDisabled, NodeEvents.Drain, now);
        }

        return markEligible && node.Ineligible
            ? (node with { Ineligible = false }).With(NodeEvents.Eligible, NodeEvents.Cluster, now)
            : node;
    }

    private static LastDrain Last(LastDrain? before, string status, DrainAuthor author, DateTimeOffset now) => new()
    {
        StartedAt = before?.StartedAt ?? now,
        UpdatedAt = now,
        Status = status,
        AccessorId = author.Id,
        Meta = author.Meta is { Count: > 0 } meta ? meta : before?.Meta,
    };
}

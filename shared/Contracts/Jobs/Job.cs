using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>
/// A job in the shape of Nomad's JSON job specification (https://developer.hashicorp.com/nomad/api-docs/json-jobs).
/// Names are Nomad's. Durations are nanoseconds, as there. What a client leaves out is null until
/// submission fills in the defaults; a block that has none stays null.
/// </summary>
public sealed record Job
{
    /// <summary>
    /// Chosen by the user, unique in the project; 1 to 128 characters, no white space, no NUL. Of a periodic or
    /// parameterized job at most 96: its children are named after it.
    /// </summary>
    public string? ID { get; init; }

    /// <summary>For people; default is <see cref="ID"/>.</summary>
    public string? Name { get; init; }

    /// <summary>The project: its id or its name. Default is the tenant's first project.</summary>
    public string? Namespace { get; init; }

    /// <summary>The region whose cell places the job. Null or <c>global</c>: the tenant's only region.</summary>
    public string? Region { get; init; }

    /// <summary>One of <see cref="JobTypes"/>; default <c>service</c>. It never changes while the job is there.</summary>
    public string? Type { get; init; }

    /// <summary>1 to 100, higher is placed first; default 50.</summary>
    public int? Priority { get; init; }

    /// <summary>Sites the job may run on; default <c>["*"]</c>.</summary>
    public IReadOnlyList<string>? Datacenters { get; init; }

    /// <summary>Nodes of which pool it may run on; default <c>default</c>. <c>all</c>: any node.</summary>
    public string? NodePool { get; init; }

    public IReadOnlyList<Constraint>? Constraints { get; init; }

    /// <summary>For all groups, beside their own. Not of system jobs.</summary>
    public IReadOnlyList<Affinity>? Affinities { get; init; }

    /// <summary>For all groups, beside their own. Not of system jobs.</summary>
    public IReadOnlyList<Spread>? Spreads { get; init; }

    public IReadOnlyList<TaskGroup>? TaskGroups { get; init; }

    /// <summary>
    /// What groups leave out of their own; submission merges it into them. Of service and system jobs; a service job
    /// without one has the defaults.
    /// </summary>
    public UpdateStrategy? Update { get; init; }

    /// <summary>As <see cref="Update"/>, for <see cref="TaskGroup.ReschedulePolicy"/>. Of service and batch jobs.</summary>
    public ReschedulePolicy? Reschedule { get; init; }

    /// <summary>As <see cref="Update"/>, for <see cref="TaskGroup.Migrate"/>. Of service jobs.</summary>
    public MigrateStrategy? Migrate { get; init; }

    /// <summary>The job places nothing: by its times it is run as children. Of batch and sysbatch jobs.</summary>
    public PeriodicConfig? Periodic { get; init; }

    /// <summary>The job places nothing: each dispatch runs it as a child. Of batch and sysbatch jobs, and not of periodic ones.</summary>
    public ParameterizedJobConfig? ParameterizedJob { get; init; }

    /// <summary>Keys with a meaning to the platform: <see cref="PlatformMeta"/>.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>True asks for all allocations to be stopped; the job stays readable.</summary>
    public bool? Stop { get; init; }

    // What the platform answers with. A client may send it back (read, edit, submit); it is not taken over.

    /// <summary>Of a child: the periodic or parameterized job that it is a run of.</summary>
    public string? ParentID { get; init; }

    /// <summary>It is a child by dispatch; <see cref="ParameterizedJob"/> is its parent's.</summary>
    public bool? Dispatched { get; init; }

    /// <summary>What the dispatch named it by, so that repeating it makes no second child.</summary>
    public string? DispatchIdempotencyToken { get; init; }

    /// <summary>Base64 of what the dispatch brought along; at most 16 KiB before that.</summary>
    public string? Payload { get; init; }

    public string? Status { get; init; }
    public string? StatusDescription { get; init; }

    /// <summary>A roll-out of this version has succeeded: a version to go back to.</summary>
    public bool? Stable { get; init; }

    public long? Version { get; init; }
    public long? SubmitTime { get; init; }
    public long? CreateIndex { get; init; }
    public long? ModifyIndex { get; init; }
    public long? JobModifyIndex { get; init; }

    // Nomad's, and refused unless empty: named here, so that the refusal can say why.
    public bool? AllAtOnce { get; init; }
    public JsonElement? Multiregion { get; init; }
    public JsonElement? UI { get; init; }
    public JsonElement? VersionTag { get; init; }
    public string? ConsulToken { get; init; }
    public string? ConsulNamespace { get; init; }
    public string? VaultToken { get; init; }
    public string? VaultNamespace { get; init; }
    public string? NomadTokenID { get; init; }
}

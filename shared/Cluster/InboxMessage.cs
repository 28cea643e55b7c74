namespace Saas.Cluster;

/// <summary>"Look at this": what wakes the scheduler. Losing one costs latency until the next resync, nothing else.</summary>
/// <param name="Tenant">A tenant id.</param>
/// <param name="Region">With the tenant, the cell.</param>
/// <param name="Kind">One of <see cref="InboxKinds"/>.</param>
/// <param name="ProjectId">For a job, its project; else null.</param>
/// <param name="Id">Job, node or allocation id.</param>
public sealed record InboxMessage(string Tenant, string Region, string Kind, string? ProjectId, string Id);

public static class InboxKinds
{
    public const string Job = "job";
    public const string Node = "node";
    public const string Allocation = "allocation";

    /// <summary>A user changed a deployment (promote, pause, fail): look at its row. Has a project.</summary>
    public const string Deployment = "deployment";

    /// <summary>Somebody waits for a plan of a job that is not submitted: see <see cref="Trials.PlanTrial"/>.</summary>
    public const string Plan = "plan";

    /// <summary>Scheduler settings or quotas changed.</summary>
    public const string Settings = "settings";
}

/// <summary>A batch of usage on its way to billing; each item is counted once however often it comes.</summary>
/// <param name="Tenant">A tenant id.</param>
public sealed record UsageMessage(string Tenant, IReadOnlyList<UsageItem> Items);

/// <summary>An amount of one meter in one hour of one project.</summary>
/// <param name="Id">Unique in the tenant and the hour: what repeats it is not counted again.</param>
/// <param name="Meter">One of <see cref="Meters"/>.</param>
/// <param name="ProjectId">Null for what belongs to no project.</param>
/// <param name="At">Begin of what is counted; its UTC hour is the hour it is billed in.</param>
/// <param name="Quantity">In the meter's base unit.</param>
public sealed record UsageItem(string Id, string Meter, string? ProjectId, DateTimeOffset At, long Quantity);

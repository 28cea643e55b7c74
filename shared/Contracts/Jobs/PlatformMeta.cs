namespace Saas.Contracts.Jobs;

/// <summary>
/// Keys of a job's or group's Meta with a meaning to the platform, by which an unmodified Nomad client reaches what Nomad
/// has not. The group's wins over the job's. Others that begin with <see cref="Prefix"/> are refused.
/// </summary>
public static class PlatformMeta
{
    public const string Prefix = "saas.";

    /// <summary>
    /// Of what class the group's data is: it runs only on nodes of sites whose label <c>data_classes</c>, a comma list,
    /// has it, and never in another pool than its own.
    /// </summary>
    public const string DataClass = Prefix + "data_class";

    /// <summary><c>packed</c>, the default, or <c>cheapest</c>.</summary>
    public const string Placement = Prefix + "placement";

    /// <summary>Comma list of node pools to use, in this order, only where the job's own has no room.</summary>
    public const string Burst = Prefix + "burst";

    public const string Packed = "packed";
    public const string Cheapest = "cheapest";

    /// <returns>The group's, else the job's, else null. Empty is null.</returns>
    public static string? Of(Job job, TaskGroup group, string key) =>
        group.Meta?.GetValueOrDefault(key) is { } own ? NullIfEmpty(own) : NullIfEmpty(job.Meta?.GetValueOrDefault(key));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

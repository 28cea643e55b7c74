using System.Text.Json;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>
/// What Nomad has and this platform has not: refused by name, never ignored. Nomad's clients send all members, hence what
/// says nothing passes.
/// </summary>
internal static class UnsupportedRules
{
    public const string RenderedAnyway = "Templates are rendered before each start anyway.";

    public static IEnumerable<Fault> FaultsOf(Job job) => Given(
        (nameof(job.AllAtOnce), job.AllAtOnce is true, "Placements are made as room is found, never all or none."),
        (nameof(job.Multiregion), IsGiven(job.Multiregion), "A job runs in one region: submit one a region."),
        (nameof(job.UI), IsGiven(job.UI), "There is no UI that would show it."),
        (nameof(job.ConsulToken), IsGiven(job.ConsulToken), "The agent registers services with its own credential."),
        (nameof(job.ConsulNamespace), IsGiven(job.ConsulNamespace), "Services are in the job's own project."),
        (nameof(job.VaultToken), IsGiven(job.VaultToken), "Jobs are given no secrets."),
        (nameof(job.VaultNamespace), IsGiven(job.VaultNamespace), "Jobs are given no secrets."));

    public static IEnumerable<Fault> FaultsOf(TaskGroup group) => Given(
        (nameof(group.Consul), IsGiven(group.Consul), "Services are in the job's own project."),
        (nameof(group.Scaling), IsGiven(group.Scaling), "Nothing scales groups by itself: set Count."),
        (nameof(group.Payload), group.Payload is not null, "A payload comes with a dispatch."),
        (nameof(group.MemoryOversubscription), group.MemoryOversubscription is not null, "Whether tasks may use more memory than they reserve is a setting of the region's scheduler."),
        (nameof(group.MaxRunDuration), group.MaxRunDuration is not (null or 0), "Run times are not limited."),
        ("EphemeralDisk.Sticky", group.EphemeralDisk?.Sticky is true, "What replaces an allocation begins with an empty disk."),
        ("EphemeralDisk.Migrate", group.EphemeralDisk?.Migrate is true, "What replaces an allocation begins with an empty disk."),
        ("RestartPolicy.RenderTemplates", group.RestartPolicy?.RenderTemplates is true, RenderedAnyway));

    public static IEnumerable<Fault> FaultsOf(JobTask task) => Given(
        (nameof(task.VolumeMounts), task.VolumeMounts is { Count: > 0 },
            "No driver here gives a task a file system of its own to mount into: the path of a group's volume is in the task's environment."),
        (nameof(task.Leader), task.Leader is true, "Tasks of a group end each by itself."),
        (nameof(task.User), IsGiven(task.User), "Tasks run as the agent's driver is set up."),
        (nameof(task.Kind), IsGiven(task.Kind), "There is no service mesh."),
        (nameof(task.Lifecycle), IsGiven(task.Lifecycle), "All tasks of a group start together."),
        (nameof(task.Vault), IsGiven(task.Vault), "Jobs are given no secrets."),
        (nameof(task.Consul), IsGiven(task.Consul), "Services are in the job's own project."),
        (nameof(task.Secrets), IsGiven(task.Secrets), "Jobs are given no secrets."),
        (nameof(task.CSIPluginConfig), IsGiven(task.CSIPluginConfig), "There are no CSI volumes."),
        (nameof(task.ScalingPolicies), IsGiven(task.ScalingPolicies), "Nothing scales tasks by itself: set Resources."),
        (nameof(task.Identity), IsGiven(task.Identity), "Workloads have no identities of their own."),
        (nameof(task.Identities), IsGiven(task.Identities), "Workloads have no identities of their own."),
        (nameof(task.Actions), IsGiven(task.Actions), "Commands cannot be run in tasks."),
        (nameof(task.Schedule), IsGiven(task.Schedule), "Tasks run all the time."),
        ("LogConfig", task.LogConfig is { Enabled: false } or { Disabled: true }, "Output is always kept."),
        ("Resources.DiskMB", task.Resources?.DiskMB is not (null or 0), "Disk is the group's: EphemeralDisk."),
        ("Resources.IOPS", task.Resources?.IOPS is not (null or 0), "Disk operations are not reserved."),
        ("Resources.SecretsMB", task.Resources?.SecretsMB is not (null or 0), "Jobs are given no secrets."),
        ("Resources.Networks", IsGiven(task.Resources?.Networks), "Ports are the group's: Networks."),
        ("Resources.NUMA", IsGiven(task.Resources?.NUMA), "Memory nodes are not chosen."));

    public static bool IsGiven(JsonElement? member) => member?.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.String => member.Value.GetString()!.Length > 0,
        _ => ServiceRules.IsGiven(member),
    };

    public static bool IsGiven(string? member) => !string.IsNullOrEmpty(member);

    public static IEnumerable<Fault> Given(params IEnumerable<(string Field, bool IsGiven, string Reason)> members) =>
        members.Where(static member => member.IsGiven).Select(static member => new Fault(member.Field, $"Not supported: {member.Reason}"));
}

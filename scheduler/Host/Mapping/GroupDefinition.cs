using System.Security.Cryptography;
using System.Text.Json;
using Saas.Cluster.Assignments;
using Saas.Cluster.Jobs;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>A task group of one job version, with what planning and committing derive from it. Shared by all its allocations.</summary>
/// <param name="Assignment">As documents name it.</param>
/// <param name="Stored">The task group itself, as documents refer to it.</param>
/// <param name="Definition">Equal for groups that run the same: see <see cref="GroupSpec.Definition"/>.</param>
internal sealed record GroupDefinition(
    string JobKey, AssignmentGroup Assignment, TaskGroup Group, Definition Stored, string Definition, ResourceAsk Ask)
{
    /// <summary>Of an allocation in its document: ids, numbers and names of members; with ports and devices more.</summary>
    private const int BytesOfAllocation = 192;
    private const int BytesOfThing = 160;

    public static GroupDefinition Of(JobVersionKey key, string jobType, TaskGroup group)
    {
        var stored = Cluster.Assignments.Definition.Of(group);
        return new(
            key.Job.ToString(),
            new AssignmentGroup(key.Job.ProjectId, key.Job.JobId, key.Version, jobType, group.Name ?? "", stored.Hash),
            group, stored, DefinitionOf(group), AskOf(key, group));
    }

    public bool IsPerNode => Assignment.JobType is JobTypes.System or JobTypes.SysBatch;

    /// <summary>Of what does not change under a running allocation.</summary>
    private static string DefinitionOf(TaskGroup group) =>
        Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(InPlaceRule.LastingOf(group), NomadJson.Default.TaskGroup)));

    private static ResourceAsk AskOf(JobVersionKey key, TaskGroup group)
    {
        var (cpu, cores, memory) = (0, 0, 0);
        foreach (var resources in (group.Tasks ?? []).Select(static task => task.Resources))
        {
            if (resources?.Cores is > 0 and var whole)
            {
                cores += whole;
            }
            else
            {
                cpu += resources?.CPU ?? 100;
            }

            memory += resources?.MemoryMB ?? 300;
        }

        PortAsk[] ports = [.. (group.Networks ?? []).SelectMany(PortsOf)];
        DeviceAsk[] devices = [.. (group.Tasks ?? []).SelectMany(DevicesOf)];
        return new ResourceAsk(cpu, cores, memory, group.EphemeralDisk?.SizeMB ?? 300, BytesOf(key, group, ports.Length + devices.Sum(static device => device.Count)))
        {
            Ports = ports,
            Devices = devices,
        };
    }

    private static IEnumerable<PortAsk> PortsOf(NetworkResource network) =>
    [
        .. (network.ReservedPorts ?? []).Select(static port => ToAsk(port, port.Value ?? 0)),
        .. (network.DynamicPorts ?? []).Select(static port => ToAsk(port, 0)),
    ];

    private static PortAsk ToAsk(Port port, int fixedPort) => new(
        port.Label ?? "", fixedPort, port.To ?? 0, string.IsNullOrEmpty(port.HostNetwork) ? PortAsk.DefaultNetwork : port.HostNetwork);

    private static IEnumerable<DeviceAsk> DevicesOf(JobTask task) => (task.Resources?.Devices ?? []).Select(device =>
        new DeviceAsk(task.Name ?? "", device.Name ?? "", device.Count ?? 1)
        {
            Constraints = ConstraintMapping.ToConstraints(device.Constraints),
            Affinities = ConstraintMapping.ToAffinities(device.Affinities),
        });

    /// <summary>What an allocation of the group adds to its node's document, if it is the only one of its job there.</summary>
    private static int BytesOf(JobVersionKey key, TaskGroup group, int things) =>
        BytesOfAllocation + (things * BytesOfThing) + key.Job.JobId.Length + (group.Name?.Length ?? 0);
}

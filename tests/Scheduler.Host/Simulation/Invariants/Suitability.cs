using System.Text.RegularExpressions;
using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>Whether a node is one that a group may be on, were it empty. Knows the constraints that simulated jobs have.</summary>
internal static class Suitability
{
    private static readonly TimeSpan RegexTimeout = TimeSpan.FromSeconds(1);

    public static bool IsOpen(NodeRecord node) => node is { Status: NodeStatus.Ready, Ineligible: false, Drain: null, Revoked: false, Fingerprint: not null };

    /// <summary>Null: it suits. Else why not.</summary>
    public static string? WhyNot(NodeRecord node, Job job, TaskGroup group)
    {
        var fingerprint = node.Fingerprint;
        if (fingerprint is null)
        {
            return "nothing is known of the node";
        }

        var dataClass = PlatformMeta.Of(job, group, PlatformMeta.DataClass);
        var pool = fingerprint.NodePool ?? "default";
        var burst = dataClass is null ? (PlatformMeta.Of(job, group, PlatformMeta.Burst) ?? "").Split(',') : [];
        if (job.NodePool != "all" && job.NodePool != pool && !burst.Contains(pool))
        {
            return $"pool {pool}";
        }

        if (!job.Datacenters!.Any(pattern => Regex.IsMatch(node.Datacenter, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.None, RegexTimeout)))
        {
            return $"datacenter {node.Datacenter}";
        }

        if (dataClass is not null && !node.Meta.GetValueOrDefault("residency.data_classes", "").Split(',', StringSplitOptions.TrimEntries).Contains(dataClass))
        {
            return $"data class {dataClass}";
        }

        if (group.Tasks!.FirstOrDefault(task => fingerprint.Drivers.GetValueOrDefault(task.Driver!) is not { Healthy: true }) is { } task)
        {
            return $"driver {task.Driver}";
        }

        if ((group.Volumes ?? new Dictionary<string, VolumeRequest>()).Values.FirstOrDefault(
            volume => fingerprint.Volumes?.GetValueOrDefault(volume.Source!) is not { } offered || (offered.ReadOnly && volume.ReadOnly is not true)) is { } missing)
        {
            return $"volume {missing.Source}";
        }

        if ((group.Tasks![0].Resources!.Devices ?? []).FirstOrDefault(ask => !(fingerprint.Devices ?? []).Any(
            offered => IsNamed(ask.Name!, offered) && offered.Instances.Count(static instance => instance.Value) >= ask.Count)) is { } device)
        {
            return $"device {device.Name}";
        }

        var networks = (group.Networks ?? []).SelectMany(static network => (network.ReservedPorts ?? []).Concat(network.DynamicPorts ?? []))
            .Select(static port => string.IsNullOrEmpty(port.HostNetwork) ? "default" : port.HostNetwork);
        if (networks.FirstOrDefault(name => fingerprint.Networks!.All(network => network.Name != name)) is { } unreachable)
        {
            return $"network {unreachable}";
        }

        return (job.Constraints ?? []).Concat(group.Constraints ?? []).FirstOrDefault(constraint => !Holds(constraint, node)) is { } constraint
            ? $"constraint {constraint}"
            : null;
    }

    public static bool IsNamed(string name, DeviceGroup device) =>
        name == device.Type || name == $"{device.Vendor}/{device.Type}" || name == $"{device.Vendor}/{device.Type}/{device.Name}";

    public static string? ValueOf(string target, NodeRecord node) => target switch
    {
        "${node.class}" => node.Fingerprint!.NodeClass,
        "${node.datacenter}" => node.Datacenter,
        "${meta.rack}" => node.Fingerprint!.Meta!["rack"],
        "${meta.tags}" => node.Fingerprint!.Meta!["tags"],
        "${attr.cpu.arch}" => node.Fingerprint!.Attributes["cpu.arch"],
        "${attr.os.version}" => node.Fingerprint!.Attributes["os.version"],
        _ => throw new SimulationException($"{target} is not known to the simulation"),
    };

    private static bool Holds(Constraint constraint, NodeRecord node)
    {
        if (constraint.Operand is Operands.DistinctHosts or Operands.DistinctProperty)
        {
            return true;
        }

        var value = ValueOf(constraint.LTarget!, node);
        return constraint.Operand switch
        {
            "=" => value == constraint.RTarget,
            "!=" => value != constraint.RTarget,
            Operands.IsSet => value is not null,
            Operands.SetContains => value!.Split(',').Contains(constraint.RTarget),
            Operands.Version => value == "24.04",
            Operands.Regexp => value is "r1" or "r2",
            _ => throw new SimulationException($"{constraint.Operand} is not known to the simulation"),
        };
    }
}

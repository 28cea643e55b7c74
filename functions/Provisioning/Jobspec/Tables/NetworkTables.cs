using System.Text.Json.Nodes;
using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>Networks with their ports, and volumes.</summary>
internal static class NetworkTables
{
    private static readonly BodySpec Port = new(
        Whole("static", "Value"),
        Whole("to", "To"),
        Text("host_network", "HostNetwork"),
        Flag("ignore_collision", "IgnoreCollision"));

    public static readonly BodySpec Network = new(
        Text("mode", "Mode"),
        Text("device", "Device"),
        Text("cidr", "CIDR"),
        Text("ip", "IP"),
        One("dns", "DNS", new BodySpec(TextList("servers", "Servers"), TextList("searches", "Searches"), TextList("options", "Options"))),
        Many("reserved_ports", "ReservedPorts", Port, label: "Label"),
        Many("port", "DynamicPorts", Port, label: "Label"),
        Text("hostname", "Hostname"),
        Whole("mbits", "MBits"),
        One("cni", "CNI", new BodySpec(TextMap("args", "Args"))))
    { Finish = SplitPorts };

    public static readonly BodySpec Volume = new(
        Text("type", "Type"),
        Text("source", "Source"),
        Flag("read_only", "ReadOnly"),
        Flag("sticky", "Sticky"),
        Text("access_mode", "AccessMode"),
        Text("attachment_mode", "AttachmentMode"),
        One("mount_options", "MountOptions", new BodySpec(Text("fs_type", "FSType"), TextList("mount_flags", "MountFlags"))),
        Flag("per_alloc", "PerAlloc"));

    public static readonly BodySpec VolumeMount = new(
        Text("volume", "Volume"),
        Text("destination", "Destination"),
        Flag("read_only", "ReadOnly"),
        Text("propagation_mode", "PropagationMode"),
        Text("selinux_label", "SELinuxLabel"));

    /// <summary>A port with a number is a reserved one.</summary>
    private static void SplitPorts(JsonObject network)
    {
        if (network["DynamicPorts"] is not JsonArray ports)
        {
            return;
        }

        var all = ports.Select(port => port!).ToLookup(port => port["Value"]?.GetValue<long>() is > 0);
        var (reserved, free) = (all[true].ToArray(), all[false].ToArray());
        ports.Clear();
        network.Remove("DynamicPorts");
        if (reserved.Length > 0)
        {
            network["ReservedPorts"] = new JsonArray(reserved);
        }

        if (free.Length > 0)
        {
            network["DynamicPorts"] = new JsonArray(free);
        }
    }
}

using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>What a task has of its node, and who it is.</summary>
internal static class ResourceTables
{
    private static readonly BodySpec Device = new(
        Whole("count", "Count", 0),
        Many("constraint", "Constraints", PlacementTables.Constraint),
        Many("affinity", "Affinities", PlacementTables.Affinity));

    public static readonly BodySpec Resources = new(
        Whole("cpu", "CPU"),
        Whole("cores", "Cores"),
        Whole("memory", "MemoryMB"),
        Whole("memory_max", "MemoryMaxMB"),
        Whole("disk", "DiskMB"),
        Many("network", "Networks", NetworkTables.Network),
        Many("device", "Devices", Device, label: "Name"),
        One("numa", "NUMA", new BodySpec(Text("affinity", "Affinity"), TextList("devices", "Devices"))),
        Whole("secrets", "SecretsMB"),
        Whole("iops", "IOPS"));

    public static readonly BodySpec Logs = new(
        Whole("max_files", "MaxFiles"),
        Whole("max_file_size", "MaxFileSizeMB"),
        Flag("enabled", "Enabled"),
        Flag("disabled", "Disabled"));

    public static readonly BodySpec Identity = new(
        Text("name", "Name"),
        TextList("aud", "Audience"),
        Text("change_mode", "ChangeMode"),
        Text("change_signal", "ChangeSignal"),
        Flag("env", "Env"),
        Flag("file", "File"),
        Text("filepath", "Filepath"),
        Text("service_name", "ServiceName"),
        Duration("ttl", "TTL"),
        TextList("extra_claims", "ExtraClaims"));
}

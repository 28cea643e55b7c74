using System.Globalization;
using System.Net;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// What the environment of tasks says of their allocation, in Nomad's names where it has one
/// (https://developer.hashicorp.com/nomad/docs/runtime/environment). Port labels stand in names as they were declared; who makes
/// an environment for a shell replaces what that does not know.
/// </summary>
internal static class AllocationEnvironment
{
    private const string NvidiaVendor = "nvidia";

    /// <summary>The same for every task of the allocation, its services too.</summary>
    public static Dictionary<string, string> Of(AssignedAllocation allocation)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NOMAD_ALLOC_ID"] = allocation.Id,
            ["NOMAD_ALLOC_NAME"] = $"{allocation.JobId}.{allocation.Group}[{allocation.Index}]",
            ["NOMAD_ALLOC_INDEX"] = Text(allocation.Index),
            ["NOMAD_GROUP_NAME"] = allocation.Group,
            ["NOMAD_JOB_ID"] = allocation.JobId,
            ["NOMAD_JOB_NAME"] = allocation.JobId,
            ["NOMAD_NAMESPACE"] = allocation.ProjectId,
        };
        if (ParentOf(allocation.JobId) is { } parent)
        {
            environment["NOMAD_JOB_PARENT_ID"] = parent;
        }

        foreach (var (name, value) in MetaOf(allocation.TaskGroup.Meta))
        {
            environment[name] = value;
        }

        foreach (var port in allocation.Ports ?? [])
        {
            AddPort(environment, port);
        }

        return environment;
    }

    /// <summary>What one task has beside <see cref="Of"/>: its limits and its devices.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfTask(AssignedAllocation allocation, JobTask task)
    {
        yield return KeyValuePair.Create("NOMAD_TASK_NAME", task.Name!);
        yield return KeyValuePair.Create("NOMAD_CPU_LIMIT", Text(WorkloadSpecs.VcpuMilli(task)));
        yield return KeyValuePair.Create("NOMAD_MEMORY_LIMIT", Text(WorkloadSpecs.MemoryMB(task)));
        if (allocation.TaskGroup.MemoryOversubscription is true && task.Resources?.MemoryMaxMB is { } most and not 0)
        {
            yield return KeyValuePair.Create("NOMAD_MEMORY_MAX_LIMIT", Text(most));
        }

        foreach (var meta in MetaOf(task.Meta))
        {
            yield return meta;
        }

        var devices = (allocation.Devices ?? []).Where(device => device.Task == task.Name).ToList();
        foreach (var type in devices.GroupBy(device => Name(device.Type), StringComparer.Ordinal))
        {
            yield return KeyValuePair.Create($"NOMAD_DEVICE_{type.Key}_IDS", string.Join(',', type.SelectMany(device => device.Ids)));
        }

        // As Nomad's plugin for them: what reads it is the NVIDIA container runtime.
        var nvidia = devices.Where(device => string.Equals(device.Vendor, NvidiaVendor, StringComparison.OrdinalIgnoreCase)).ToList();
        if (nvidia.Count > 0)
        {
            yield return KeyValuePair.Create("NVIDIA_VISIBLE_DEVICES", string.Join(',', nvidia.SelectMany(device => device.Ids)));
        }
    }

    /// <summary>The job a child is a run of, by its id: <c>PARENT/periodic-TIME</c> or <c>PARENT/dispatch-PREFIX-TIME-UNIQUE</c>. Null: it is none.</summary>
    private static string? ParentOf(string jobId)
    {
        var slash = jobId.LastIndexOf('/');
        var own = jobId[(slash + 1)..].Split('-');
        return slash > 0 && own switch
        {
            ["periodic", var time] => IsNumber(time),
            ["dispatch", .., var time, { Length: 8 } unique] => IsNumber(time) && unique.All(char.IsAsciiHexDigitLower),
            _ => false,
        } ? jobId[..slash] : null;
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    /// <summary>
    /// Each key as it is written, and in capitals, as Nomad does. The platform's own say where the group runs: they change
    /// without a restart, so tasks are not told.
    /// </summary>
    private static IEnumerable<KeyValuePair<string, string>> MetaOf(IReadOnlyDictionary<string, string>? meta)
    {
        var own = (meta ?? new Dictionary<string, string>()).Where(static entry => !entry.Key.StartsWith(PlatformMeta.Prefix, StringComparison.Ordinal)).ToList();
        return own.Select(static entry => KeyValuePair.Create($"NOMAD_META_{entry.Key.ToUpperInvariant()}", entry.Value))
            .Concat(own.Select(static entry => KeyValuePair.Create($"NOMAD_META_{entry.Key}", entry.Value)));
    }

    private static void AddPort(Dictionary<string, string> environment, AssignedPort port)
    {
        environment[$"NOMAD_PORT_{port.Label}"] = environment[$"NOMAD_ALLOC_PORT_{port.Label}"] = Text(port.To > 0 ? port.To : port.Value);
        environment[$"NOMAD_HOST_PORT_{port.Label}"] = Text(port.Value);
        if (port.HostIp.Length > 0)
        {
            environment[$"NOMAD_IP_{port.Label}"] = environment[$"NOMAD_HOST_IP_{port.Label}"] = port.HostIp;
            environment[$"NOMAD_ADDR_{port.Label}"] = environment[$"NOMAD_HOST_ADDR_{port.Label}"] =
                IPAddress.TryParse(port.HostIp, out var ip) ? new IPEndPoint(ip, port.Value).ToString() : $"{port.HostIp}:{port.Value}";
        }
    }

    private static string Name(string type) =>
        string.Concat(type.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

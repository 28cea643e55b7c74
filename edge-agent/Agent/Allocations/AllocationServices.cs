using System.Globalization;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Allocations;

/// <summary>What an allocation offers while certain of its tasks run: a group's services while all do, a task's while that one does.</summary>
internal sealed record AllocationServices(AssignedAllocation Assigned, IReadOnlyList<RunningService> Services)
{
    /// <summary>The platform allows fewer; this is the second lock.</summary>
    private const int MaxServices = 64;

    /// <param name="running">Names of tasks.</param>
    public static AllocationServices Of(AssignedAllocation assigned, IReadOnlySet<string> running)
    {
        var tasks = assigned.TaskGroup.Tasks ?? [];
        var services = tasks.Where(task => running.Contains(task.Name!))
            .SelectMany(task => (task.Services ?? []).Select(service => Of(assigned, task, service)));
        if (tasks.Count > 0 && tasks.All(task => running.Contains(task.Name!)))
        {
            services = (assigned.TaskGroup.Services ?? []).Select(service => Of(assigned, null, service)).Concat(services);
        }

        return new AllocationServices(assigned, [.. services.DistinctBy(service => service.Id).Take(MaxServices)]);
    }

    private static RunningService Of(AssignedAllocation assigned, JobTask? task, JobService declared)
    {
        var variables = new ServiceVariables(assigned, task);
        var service = variables.Replace(declared);
        var id = JobServiceId.Of(assigned.Id, assigned.Group, task?.Name, declared);
        var address = NullIfEmpty(service.Address);
        var owner = task?.Name ?? NullIfEmpty(declared.TaskName);
        return new RunningService
        {
            Id = id,
            Declared = service with { Address = address ?? AddressOf(assigned, service.PortLabel) },
            Task = owner,
            Port = PortOf(assigned, service.PortLabel),
            Checks = [.. (service.Checks ?? []).Select(check => new RunningCheck
            {
                Id = JobServiceId.OfCheck(id, check),
                Declared = check,
                Task = NullIfEmpty(check.TaskName) ?? owner,
                Port = PortOf(assigned, NullIfEmpty(check.PortLabel) ?? service.PortLabel),
                Address = (string.IsNullOrEmpty(check.AddressMode) ? address : null)
                    ?? AddressOf(assigned, NullIfEmpty(check.PortLabel) ?? service.PortLabel),
            }).DistinctBy(check => check.Id)],
        };
    }

    /// <summary>The port of that label that the allocation has on the node; else the label is a number itself.</summary>
    private static int PortOf(AssignedAllocation assigned, string? label) => Labelled(assigned, label)?.Value
        ?? (ushort.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0);

    /// <summary>Of the network that the port is on, as with Nomad; empty, and so the node's, where the node has told none.</summary>
    private static string AddressOf(AssignedAllocation assigned, string? label) => Labelled(assigned, label)?.HostIp ?? "";

    private static AssignedPort? Labelled(AssignedAllocation assigned, string? label) =>
        string.IsNullOrEmpty(label) ? null : assigned.Ports?.FirstOrDefault(port => port.Label == label);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>One instance of a service.</summary>
internal sealed record RunningService
{
    /// <summary>Nomad's form; see <see cref="JobServiceId"/>. The same for as long as name and port are.</summary>
    public required string Id { get; init; }

    /// <summary>As submitted, defaults filled in and references replaced. <see cref="JobService.Address"/> empty: the node's.</summary>
    public required JobService Declared { get; init; }

    /// <summary>The task that answers for it; null where a group's service names none.</summary>
    public string? Task { get; init; }

    /// <summary>0: none.</summary>
    public required int Port { get; init; }

    public required IReadOnlyList<RunningCheck> Checks { get; init; }
}

internal sealed record RunningCheck
{
    /// <summary>Another one when anything of the check is.</summary>
    public required string Id { get; init; }

    public required JobServiceCheck Declared { get; init; }

    /// <summary>The task that a script runs beside.</summary>
    public string? Task { get; init; }

    /// <summary>0: none.</summary>
    public required int Port { get; init; }

    /// <summary>Empty: the node's.</summary>
    public required string Address { get; init; }
}

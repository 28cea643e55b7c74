using System.Text.Json;
using FluentValidation;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Where services are declared: what they may refer to, and what their names are made of.</summary>
/// <param name="Task">Null: at the group.</param>
internal sealed record ServicePlace(string Job, TaskGroup Group, JobTask? Task)
{
    public JobTask? Find(string name) => Group.Tasks?.FirstOrDefault(task => task?.Name == name);
}

/// <summary>
/// Nomad's rules for a service of provider <c>consul</c>, and Consul's for what of it enters the catalog. What Nomad has and
/// this platform has not is refused by name, never ignored: a job that asks for a mesh must not run without one.
/// </summary>
internal static class ServiceRules
{
    /// <summary>A client mends its job step by step anyway.</summary>
    private const int MaxFaults = 20;

    public static void Check(ValidationContext<Job> context)
    {
        var job = context.InstanceToValidate;
        foreach (var (field, message) in FaultsOf(job).Take(MaxFaults))
        {
            context.AddFailure($"{nameof(Job.TaskGroups)}{field}", message);
        }
    }

    private static IEnumerable<(string Field, string Message)> FaultsOf(Job job)
    {
        var groups = job.TaskGroups is { Count: <= JobLimits.MaxGroups } some ? some : [];
        var name = string.IsNullOrEmpty(job.Name) ? job.ID ?? "" : job.Name;
        return groups.Index().Where(group => group.Item is not null).SelectMany(group => FaultsOf(name, group.Item)
            .Select(fault => ($"[{group.Index}].{fault.Field}", fault.Message)));
    }

    private static IEnumerable<(string Field, string Message)> FaultsOf(string job, TaskGroup group)
    {
        var tasks = group.Tasks is { Count: <= JobLimits.MaxTasks } some ? some : [];
        var places = tasks.Index().Where(task => task.Item is not null)
            .Select(task => (Path: $"Tasks[{task.Index}].Services", Place: new ServicePlace(job, group, task.Item), task.Item.Services))
            .Prepend((Path: "Services", Place: new ServicePlace(job, group, null), group.Services));

        var (count, ids) = (0, new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var (path, place, services) in places)
        {
            count += services?.Count ?? 0;
            if (count > JobLimits.MaxServices)
            {
                yield return (path, $"A group and its tasks have at most {JobLimits.MaxServices} services.");
                yield break;
            }

            foreach (var (index, service) in (services ?? []).Index())
            {
                foreach (var fault in FaultsOf(service, place, ids))
                {
                    yield return (fault.Field.Length == 0 ? $"{path}[{index}]" : $"{path}[{index}].{fault.Field}", fault.Message);
                }
            }
        }
    }

    private static IEnumerable<(string Field, string Message)> FaultsOf(JobService? service, ServicePlace place, HashSet<string> ids)
    {
        if (service is null)
        {
            return [("", "A service is an object; null came.")];
        }

        return [
            .. Unsupported(service), .. Naming(service, place, ids), .. Addressing(service, place), .. Contents(service),
            .. ServiceCheckRules.FaultsOf(service, place),
        ];
    }

    private static IEnumerable<(string, string)> Unsupported(JobService service)
    {
        if (IsGiven(service.Connect))
        {
            yield return (nameof(service.Connect), "There is no service mesh: neither sidecars nor gateways.");
        }

        if (IsGiven(service.CheckRestart))
        {
            yield return (nameof(service.CheckRestart), ServiceCheckRules.NoCheckRestart);
        }

        if (IsGiven(service.Identity))
        {
            yield return (nameof(service.Identity), "Workloads have no identities of their own: the agent registers their services.");
        }

        if (IsGiven(service.TaggedAddresses))
        {
            yield return (nameof(service.TaggedAddresses), "A job's service has one address: Address, or its node's.");
        }

        if (!string.IsNullOrEmpty(service.Kind))
        {
            yield return (nameof(service.Kind), "A job's service is a plain one: leave Kind out.");
        }

        if (!string.IsNullOrEmpty(service.Provider) && service.Provider != ServiceDefaults.Provider)
        {
            yield return (nameof(service.Provider), $"Expected {ServiceDefaults.Provider}; {Quote.Of(service.Provider)} came.");
        }

        if (!string.IsNullOrEmpty(service.Cluster) && service.Cluster != ServiceDefaults.Cluster)
        {
            yield return (nameof(service.Cluster), $"Expected {ServiceDefaults.Cluster}: there is one registry; {Quote.Of(service.Cluster)} came.");
        }

        if (FaultOfOnUpdate(service.OnUpdate) is { } fault)
        {
            yield return (nameof(service.OnUpdate), fault);
        }
    }

    private static IEnumerable<(string, string)> Naming(JobService service, ServicePlace place, HashSet<string> ids)
    {
        if (place.Task is not null && !string.IsNullOrEmpty(service.TaskName) && service.TaskName != place.Task.Name)
        {
            yield return (nameof(service.TaskName), "The service of a task belongs to that task: leave TaskName out.");
        }
        else if (place.Task is null && !string.IsNullOrEmpty(service.TaskName) && place.Find(service.TaskName) is null)
        {
            yield return (nameof(service.TaskName), $"The group has no task {Quote.Of(service.TaskName)}.");
        }

        var group = place.Group.Name ?? "";
        if (service.Name?.Length > JobLimits.MaxNameLength || group.Length > JobLimits.MaxNameLength || place.Job.Length > JobLimits.MaxNameLength)
        {
            yield return (nameof(service.Name), $"At most {JobLimits.MaxNameLength} characters before references are replaced.");
            yield break;
        }

        var name = ServiceDefaults.NameOf(service.Name, place.Job, group, place.Task?.Name);
        if (!IsLabel(name))
        {
            yield return (nameof(service.Name), $"{Quote.Of(name)} is no name of a service: 1 to 63 letters, digits and '-' (RFC 1123), "
                + "'-' neither first nor last; known references are ${JOB} ${TASKGROUP} ${TASK} ${BASE}.");
        }
        else if (!ids.Add(JobServiceId.Of("", group, place.Task?.Name, service with { Name = name })))
        {
            yield return (nameof(service.Name), $"More than one service here is named {Quote.Of(name)} with this port.");
        }
    }

    private static IEnumerable<(string, string)> Addressing(JobService service, ServicePlace place)
    {
        if (FaultOfPort(service.PortLabel, place.Group) is { } port)
        {
            yield return (nameof(service.PortLabel), port);
        }

        if (service.AddressMode is not (null or "" or AddressModes.Auto or AddressModes.Host))
        {
            yield return (nameof(service.AddressMode), $"Expected auto or host; {Quote.Of(service.AddressMode)} came. "
                + "Tasks have no network of their own here: where the node's address is not the right one, set Address.");
        }

        if (string.IsNullOrEmpty(service.Address))
        {
            yield break;
        }

        if (!ServiceText.IsWord(service.Address, JobLimits.MaxAddressLength))
        {
            yield return (nameof(service.Address), $"Expected an address or a host name of at most {JobLimits.MaxAddressLength} characters.");
        }

        if (service.AddressMode is not (null or "" or AddressModes.Auto))
        {
            yield return (nameof(service.AddressMode), "Expected auto, because Address is set.");
        }
    }

    private static IEnumerable<(string, string)> Contents(JobService service)
    {
        foreach (var (field, tags) in ((string, IReadOnlyList<string>?)[])[(nameof(service.Tags), service.Tags), (nameof(service.CanaryTags), service.CanaryTags)])
        {
            if (tags?.Count > JobLimits.MaxTags || tags?.Any(tag => !ServiceText.IsLine(tag, JobLimits.MaxTagLength)) == true)
            {
                yield return (field, $"At most {JobLimits.MaxTags} tags of 1 to {JobLimits.MaxTagLength} characters without control characters.");
            }
        }

        foreach (var (field, meta) in ((string, IReadOnlyDictionary<string, string>?)[])[(nameof(service.Meta), service.Meta), (nameof(service.CanaryMeta), service.CanaryMeta)])
        {
            if (meta?.Count > JobLimits.MaxServiceMeta || meta?.Any(entry => !IsMeta(entry.Key, entry.Value)) == true)
            {
                yield return (field, $"At most {JobLimits.MaxServiceMeta} entries: keys of 1 to {JobLimits.MaxServiceMetaKeyLength} letters, digits, '-' and '_' that do "
                    + $"not begin with consul-, values of at most {JobLimits.MaxServiceMetaValueLength} characters without control characters.");
            }
        }

        if (service.Weights is { } weights && (weights.Passing is < 1 or > ushort.MaxValue || weights.Warning is < 0 or > ushort.MaxValue))
        {
            yield return (nameof(service.Weights), $"Expected Passing from 1 and Warning from 0 to {ushort.MaxValue}.");
        }
    }

    /// <returns>What is wrong, or null.</returns>
    internal static string? FaultOfPort(string? label, TaskGroup group) =>
        string.IsNullOrEmpty(label) || NetworkRules.HasLabel(group, label) || (label.Length <= 5 && label[0] != '0' && label.All(char.IsAsciiDigit) && int.Parse(label) <= ushort.MaxValue)
            ? null
            : $"Expected a port number from 1 to {ushort.MaxValue} as text, such as \"8080\", or the label of a port in the group's Networks; "
                + $"{Quote.Of(label)} came.";

    /// <returns>What is wrong, or null.</returns>
    internal static string? FaultOfOnUpdate(string? value) => string.IsNullOrEmpty(value) || value == ServiceDefaults.OnUpdate
        ? null
        : $"Expected {ServiceDefaults.OnUpdate}: updates wait for all checks; {Quote.Of(value)} came.";

    internal static bool IsGiven(JsonElement? member) => member is { } value && value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => false,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => true,
    };

    private static bool IsLabel(string name) => name.Length is > 0 and <= JobLimits.MaxServiceNameLength
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-';

    private static bool IsMeta(string key, string? value) =>
        key.Length is > 0 and <= JobLimits.MaxServiceMetaKeyLength
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        && !key.StartsWith("consul-", StringComparison.OrdinalIgnoreCase)
        && value is not null && value.Length <= JobLimits.MaxServiceMetaValueLength && !value.Any(char.IsControl);
}

/// <summary>Texts of services and checks that end up in requests and catalogs.</summary>
internal static class ServiceText
{
    /// <summary>One line that says something.</summary>
    public static bool IsLine(string? text, int max) => text is not null && text.Length > 0 && text.Length <= max && !text.Any(char.IsControl);

    /// <summary>A line without white space.</summary>
    public static bool IsWord(string? text, int max) => IsLine(text, max) && !text!.Any(char.IsWhiteSpace);
}

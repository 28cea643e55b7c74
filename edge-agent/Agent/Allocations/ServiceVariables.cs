using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Replaces <c>${NOMAD_ALLOC_INDEX}</c> and its kin in a service's texts, as Nomad's client does: by the names that tasks find
/// in their environment, and for a task's service by the task's own. What is not known stays as it is, as there.
/// </summary>
internal sealed class ServiceVariables(AssignedAllocation assigned, JobTask? task)
{
    /// <summary>A text that would become longer stays as it is: an environment may hold much.</summary>
    private const int MaxLength = 16 * 1024;

    private readonly Dictionary<string, string> _known = AllocationEnvironment.Of(assigned);

    public JobService Replace(JobService service) => service with
    {
        Address = Replace(service.Address),
        Tags = Replace(assigned.Canary && service.CanaryTags is { Count: > 0 } ? service.CanaryTags : service.Tags),
        CanaryTags = Replace(service.CanaryTags),
        Meta = Replace(assigned.Canary && service.CanaryMeta is { Count: > 0 } ? service.CanaryMeta : service.Meta),
        CanaryMeta = Replace(service.CanaryMeta),
        Checks = service.Checks?.Select(Replace).ToList(),
    };

    private JobServiceCheck Replace(JobServiceCheck check) => check with
    {
        Name = Replace(check.Name),
        Notes = Replace(check.Notes),
        Path = Replace(check.Path),
        Body = Replace(check.Body),
        Header = check.Header?.ToDictionary(header => header.Key, header => (IReadOnlyList<string>)Replace(header.Value)!, StringComparer.Ordinal),
        GRPCService = Replace(check.GRPCService),
        TLSServerName = Replace(check.TLSServerName),
        Command = Replace(check.Command),
        Args = Replace(check.Args),
    };

    private string? Replace(string? text)
    {
        var replaced = text is null ? null : Interpolation.Replace(text, Find);
        return replaced?.Length > MaxLength ? text : replaced;
    }

    private List<string>? Replace(IReadOnlyList<string>? texts) => texts?.Select(text => Replace(text)!).ToList();

    private Dictionary<string, string>? Replace(IReadOnlyDictionary<string, string>? texts) =>
        texts?.ToDictionary(entry => entry.Key, entry => Replace(entry.Value)!, StringComparer.Ordinal);

    private string? Find(string name) => name == "NOMAD_TASK_NAME" && task is not null
        ? task.Name
        : _known.GetValueOrDefault(name) ?? task?.Env?.GetValueOrDefault(name);
}

using System.Collections.Immutable;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Registrations;

/// <summary>What this machine offers within one project. Immutable.</summary>
internal sealed record ProjectState
{
    public static readonly ProjectState Empty = new();

    /// <summary>By id.</summary>
    public ImmutableSortedDictionary<string, LocalService> Services { get; init; } =
        ImmutableSortedDictionary.Create<string, LocalService>(StringComparer.Ordinal);

    /// <summary>By id: the node's and its services'.</summary>
    public ImmutableSortedDictionary<string, LocalCheck> Checks { get; init; } =
        ImmutableSortedDictionary.Create<string, LocalCheck>(StringComparer.Ordinal);

    public bool IsEmpty => Services.IsEmpty && Checks.IsEmpty;

    /// <summary>The service's checks, and with <paramref name="withNode"/> the node's.</summary>
    public IEnumerable<LocalCheck> ChecksOf(string serviceId, bool withNode) =>
        Checks.Values.Where(c => c.Definition.ServiceId == serviceId || withNode && c.Definition.ServiceId.Length == 0);

    /// <summary>A check in the catalog's form.</summary>
    public HealthCheck ToHealthCheck(LocalCheck check, string node)
    {
        var definition = check.Definition;
        var service = Services.GetValueOrDefault(definition.ServiceId)?.Instance;
        return new HealthCheck
        {
            Node = node,
            CheckID = definition.Id,
            Name = definition.Name,
            Status = check.Status,
            Notes = definition.Notes,
            Output = check.Output,
            ServiceID = definition.ServiceId,
            ServiceName = service?.Name ?? "",
            ServiceTags = service?.Tags ?? [],
            Type = definition.Type,
            Interval = definition.IsMaintenance ? "" : GoDuration.Format(definition.Interval),
            Timeout = definition.IsMaintenance ? "" : GoDuration.Format(definition.Timeout),
        };
    }

    /// <summary>Both; where they have one id in common, this one's.</summary>
    public ProjectState With(ProjectState other) => this with { Services = other.Services.SetItems(Services), Checks = other.Checks.SetItems(Checks) };

    public ProjectState Without(string serviceId) => this with
    {
        Services = Services.Remove(serviceId),
        Checks = Checks.RemoveRange(Checks.Values.Where(c => c.Definition.ServiceId == serviceId).Select(c => c.Definition.Id)),
    };
}

/// <param name="Owner">The allocation that declared it; null: who registered it by HTTP.</param>
internal sealed record LocalService(ServiceInstance Instance, string? Owner = null);

/// <param name="Project">Name or id.</param>
/// <param name="Service">With its owner.</param>
internal sealed record OwnedService(string Project, LocalService Service, IReadOnlyList<CheckDefinition> Checks);

/// <param name="Definition">The same object as long as it was not registered anew with another content.</param>
/// <param name="Status">One of <see cref="HealthStatus"/>.</param>
internal sealed record LocalCheck(CheckDefinition Definition, string Status, string Output)
{
    /// <summary>Monotonic: when it became critical; null: it is not.</summary>
    public long? CriticalSince { get; init; }

    /// <summary>Monotonic: of a TTL check, when its status was last said.</summary>
    public long HeardAt { get; init; }
}

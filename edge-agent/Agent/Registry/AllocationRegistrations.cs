using Microsoft.Extensions.Logging;
using Saas.Discovery.Model;
using Saas.EdgeAgent.Allocations;
using Saas.LocalRegistry;
using Saas.LocalRegistry.Registrations;

namespace Saas.EdgeAgent.Registry;

/// <summary>Allocations' services in the local registry: in the project of the job, owned by the allocation.</summary>
internal sealed partial class AllocationRegistrations(LocalRegistryHost registry, string allocationFolders, ILogger log) : IAllocationServices
{
    // Nomad's values of on_update, beside the default require_healthy.
    private const string Ignore = "ignore";
    private const string IgnoreWarnings = "ignore_warnings";

    /// <summary>As made last, so that a picture that says the same costs little.</summary>
    private Dictionary<AllocationServices, IReadOnlyList<OwnedService>> _made = new(ReferenceEqualityComparer.Instance);

    private string? _lastFault;

    public void Show(ServicePicture picture)
    {
        var made = new Dictionary<AllocationServices, IReadOnlyList<OwnedService>>(ReferenceEqualityComparer.Instance);
        foreach (var allocation in picture.Allocations)
        {
            made[allocation] = _made.GetValueOrDefault(allocation) ?? Make(allocation);
        }

        _made = made;
        string? fault;
        try
        {
            fault = registry.Store.Declare([.. made.Values.SelectMany(m => m)], picture.Undecided) == RegistrationOutcome.Done
                ? null
                : "the node has more services than the registry takes";
        }
        catch (IOException e)
        {
            fault = e.Message;
        }

        // It is shown again every second; one line a fault is enough.
        if (fault is not null && fault != _lastFault)
        {
            LogNotShown(log, fault);
        }

        _lastFault = fault;
    }

    public async Task WithdrawnAsync(IReadOnlyCollection<string> serviceIds, CancellationToken ct)
    {
        // Told to the registry is what every project with something of ours was told.
        var version = registry.Store.Current.Version;
        foreach (var project in registry.Store.Current.Projects.Keys)
        {
            await registry.Sessions.ReachAsync(project, version, ct);
        }
    }

    public string? FaultOf(AllocationServices services)
    {
        var project = registry.Store.Project(services.Assigned.ProjectId);
        foreach (var service in services.Services)
        {
            if (!project.Services.ContainsKey(service.Id))
            {
                return $"service {service.Declared.Name} is not registered";
            }

            foreach (var check in service.Checks)
            {
                var status = project.Checks.GetValueOrDefault(check.Id)?.Status;
                if (!IsGoodEnough(status, NullIfEmpty(check.Declared.OnUpdate) ?? service.Declared.OnUpdate))
                {
                    return $"check {check.Declared.Name} of service {service.Declared.Name} is {status ?? "not registered"}";
                }
            }
        }

        return null;
    }

    private static bool IsGoodEnough(string? status, string? onUpdate) => onUpdate switch
    {
        Ignore => true,
        IgnoreWarnings => status is HealthStatus.Passing or HealthStatus.Warning,
        _ => status == HealthStatus.Passing,
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private List<OwnedService> Make(AllocationServices allocation)
    {
        var checks = new AllocationCheck(registry.Options, allocation.Assigned, allocationFolders);
        return [.. allocation.Services.Select(service => new OwnedService(
            allocation.Assigned.ProjectId,
            new LocalService(InstanceOf(service), allocation.Assigned.Id),
            [.. service.Checks.Select(check => checks.DefinitionOf(service, check))]))];
    }

    private static ServiceInstance InstanceOf(RunningService service)
    {
        var declared = service.Declared;
        var weights = declared.Weights;
        return new ServiceInstance
        {
            ID = service.Id,
            Name = declared.Name ?? "",
            Tags = [.. declared.Tags ?? []],
            Address = declared.Address ?? "",
            Port = service.Port,
            Meta = new Dictionary<string, string>(declared.Meta ?? new Dictionary<string, string>(), StringComparer.Ordinal) { ["external-source"] = "nomad" },
            EnableTagOverride = declared.EnableTagOverride ?? false,
            Weights = weights is null ? ServiceWeights.Default : new ServiceWeights(weights.Passing ?? 1, weights.Warning ?? 1),
        };
    }

    [LoggerMessage(227, LogLevel.Error, "Services of allocations cannot be registered: {Reason}")]
    private static partial void LogNotShown(ILogger log, string reason);
}

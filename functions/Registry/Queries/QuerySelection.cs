using Saas.Discovery.Model;
using Saas.Discovery.Queries;
using Saas.Registry.State;

namespace Saas.Registry.Queries;

/// <summary>What a query finds in one datacenter. Pure.</summary>
internal static class QuerySelection
{
    public static IEnumerable<CheckServiceNode> Of(RegistryState state, ServiceQuery service, bool meshOnly)
    {
        var instances = state.Catalog.InstancesOf(service.Service).Where(instance => IsHealthy(instance, service)
            && Holds(service.NodeMeta, instance.Node.Meta)
            && Holds(service.ServiceMeta, instance.Service.Meta)
            && HasTags(service.Tags, instance.Service.Tags)).ToList();
        return service.Connect || meshOnly ? new InstanceSelection { MeshOnly = true }.Of(instances, "") : instances;
    }

    private static bool IsHealthy(CheckServiceNode instance, ServiceQuery service) => instance.Checks.All(check =>
        check.Status == HealthStatus.Passing
        || (check.Status == HealthStatus.Warning && !service.OnlyPassing)
        || service.IgnoreCheckIDs.Contains(check.CheckID));

    private static bool Holds(IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string>? meta) =>
        wanted.Count == 0 || wanted.All(w => meta is not null && meta.TryGetValue(w.Key, out var value) && value == w.Value);

    private static bool HasTags(IReadOnlyList<string> wanted, IReadOnlyList<string> tags) => wanted.All(tag => tag is ['!', .. var unwanted]
        ? !tags.Contains(unwanted, StringComparer.OrdinalIgnoreCase)
        : tags.Contains(tag, StringComparer.OrdinalIgnoreCase));
}

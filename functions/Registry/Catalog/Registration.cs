using System.Net;
using Saas.Discovery.Model;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>A registration that was checked and has its defaults, without regard to what is registered already.</summary>
/// <param name="Checks">Of <paramref name="Node"/>; their service may be another than <paramref name="Service"/>.</param>
/// <param name="SkipsNode">A node that is there stays as it is.</param>
internal sealed record Registration(Node Node, ServiceInstance? Service, IReadOnlyList<HealthCheck> Checks, bool SkipsNode)
{
    private const int MaxChecks = 256;

    /// <exception cref="RegistryException">In Consul's words: 500, as its servers' refusals are. Beyond our limits: 400.</exception>
    public static Registration Of(RegistrationBody body)
    {
        var name = body.Node is { Length: > 0 } given ? given : throw RegistryException.Server("Must provide node");
        if (body.Address is not { Length: > 0 } && !body.SkipNodeUpdate)
        {
            throw RegistryException.Server("Must provide address if SkipNodeUpdate is not set");
        }

        if (body.ID is { Length: > 0 } id && !Guid.TryParseExact(id, "D", out _))
        {
            throw RegistryException.Server("Bad node ID: " + (id.Length == 36 ? "uuid is improperly formatted" : "uuid string is wrong length"));
        }

        FieldLimits.Name("Node", name);
        FieldLimits.Text("Address", body.Address ?? "", FieldLimits.MaxAddress);
        FieldLimits.Meta("node", body.NodeMeta);
        FieldLimits.Addresses(body.TaggedAddresses, static address => address);
        var node = new Node
        {
            ID = body.ID ?? "",
            Name = name,
            Address = body.Address ?? "",
            TaggedAddresses = body.TaggedAddresses,
            Meta = body.NodeMeta,
        };

        IReadOnlyList<CheckBody> checks = [.. body.Checks ?? [], .. body.Check is { } one ? new[] { one } : []];
        if (checks.Count > MaxChecks)
        {
            throw RegistryException.BadRequest($"Checks: expected at most {MaxChecks}; {checks.Count} came");
        }

        var service = body.Service is { } sent ? ServiceOf(sent) : null;
        return new Registration(node, service, [.. checks.Select(check => RegisteredCheck.Of(check, name))], body.SkipNodeUpdate);
    }

    private static ServiceInstance ServiceOf(ServiceBody body)
    {
        var name = body.Service ?? "";
        var id = body.ID is { Length: > 0 } given ? given : name;
        if (id.Length == 0)
        {
            throw RegistryException.Server("Must provide service name (Service.Service)");
        }

        if (name.Length == 0)
        {
            throw RegistryException.Server("Must provide service name (Service.Service) when service ID is provided");
        }

        if (IPAddress.TryParse(body.Address, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            throw RegistryException.Server("Invalid service address");
        }

        var service = new ServiceInstance
        {
            Kind = body.Kind ?? "",
            ID = id,
            Name = name,
            Tags = body.Tags ?? [],
            Address = body.Address ?? "",
            TaggedAddresses = body.TaggedAddresses,
            Meta = body.Meta,
            Port = body.Port,
            SocketPath = body.SocketPath ?? "",
            Weights = WeightsOf(body.Weights),
            EnableTagOverride = body.EnableTagOverride,
            Proxy = MeshRules.Settings("Proxy", body.Proxy),
            Connect = MeshRules.Settings("Connect", body.Connect),
        };
        FieldLimits.Service(service);
        MeshRules.Check(service);
        return service;
    }

    /// <summary>As in Consul, weights that are out of range are as if none were given.</summary>
    private static ServiceWeights WeightsOf(WeightsBody? body) => body is { Passing: >= 1 and <= 65535, Warning: >= 0 and <= 65535 }
        ? new ServiceWeights(body.Passing, body.Warning)
        : ServiceWeights.Default;
}

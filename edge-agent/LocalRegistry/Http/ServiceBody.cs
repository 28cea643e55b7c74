using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Saas.Contracts.Jobs;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Http;

/// <summary>A service's definition as clients send it.</summary>
internal static class ServiceBody
{
    private const int MaxNameLength = 128;
    private const int MaxIdLength = 256;
    private const int MaxTags = 64;
    private const int MaxTagLength = 256;
    private const int MaxMetaEntries = 64;
    private const int MaxMetaKeyLength = 128;
    private const int MaxMetaValueLength = 512;
    private const int MaxWeight = 65535;
    private const string ReservedMeta = "consul-";

    /// <exception cref="ApiRefusal"/>
    public static (ServiceInstance Service, IReadOnlyList<CheckDefinition> Checks) Read(JsonElement json, bool allowScripts, out string project)
    {
        var body = new BodyFields(json, "ServiceDefinition");
        var name = body.Text("Name");
        var id = body.Text("ID");
        var checks = new List<CheckDefinition>();
        if (body.Object("Check", "CheckType") is { } check)
        {
            checks.Add(CheckBody.Read(check, out _));
        }

        checks.AddRange(body.Objects("Checks", "CheckType").Select(c => CheckBody.Read(c, out _)));
        var weights = body.Object("Weights", "Weights");
        var service = new ServiceInstance
        {
            Kind = body.Text("Kind"),
            ID = id.Length > 0 ? id : name,
            Name = name,
            Tags = body.Texts("Tags"),
            Address = body.Text("Address"),
            TaggedAddresses = body.Map("TaggedAddresses", ReadAddress),
            Meta = body.TextMap("Meta"),
            Port = body.Integer("Port"),
            SocketPath = body.Text("SocketPath"),
            EnableTagOverride = body.Boolean("EnableTagOverride"),
            Weights = weights is null ? ServiceWeights.Default : new ServiceWeights(weights.Integer("Passing"), weights.Integer("Warning")),
            Proxy = body.Raw("Proxy"),
            Connect = body.Raw("Connect"),
        };
        weights?.RefuseRest();
        project = body.Text("Namespace");
        body.Ignore("Token", "Partition", "Locality", "Ports");
        body.RefuseRest();
        Validate(service);
        foreach (var definition in checks)
        {
            CheckBody.Validate(definition, allowScripts, "Status for checks must 'passing', 'warning', 'critical'");
        }

        return (service, Name(service, checks));
    }

    /// <summary>The ids and names that checks without their own have.</summary>
    private static List<CheckDefinition> Name(ServiceInstance service, List<CheckDefinition> checks) => [.. checks.Select((check, i) => check with
    {
        Id = check.Id.Length > 0 ? check.Id : checks.Count == 1 ? $"service:{service.ID}" : $"service:{service.ID}:{i + 1}",
        Name = check.Name.Length > 0 ? check.Name : $"Service '{service.Name}' check",
        ServiceId = service.ID,
    })];

    private static void Validate(ServiceInstance service)
    {
        if (service.Name.Length == 0)
        {
            throw ApiRefusal.BadRequest("Missing service name");
        }

        if (IPAddress.TryParse(service.Address, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            throw ApiRefusal.BadRequest("Invalid service address");
        }

        // What the registry would not take must not come to it: it would refuse all that the message holds.
        if (service.Name.Length > MaxNameLength || service.ID.Length > MaxIdLength || (service.Name + service.ID).Any(char.IsControl))
        {
            throw ApiRefusal.BadRequest($"Invalid service: its name takes {MaxNameLength} characters at most, its ID {MaxIdLength}, none of them control characters");
        }

        if (service.Tags.Count > MaxTags || service.Tags.Any(t => t.Length > MaxTagLength))
        {
            throw ApiRefusal.BadRequest($"Invalid service: {MaxTags} tags of {MaxTagLength} characters at most");
        }

        if (service.ID.StartsWith(JobServiceId.Prefix, StringComparison.Ordinal))
        {
            throw ApiRefusal.BadRequest($"Invalid service: IDs that begin with {JobServiceId.Prefix} are those of jobs' services");
        }

        if (service.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw ApiRefusal.BadRequest($"Invalid service port: {service.Port}");
        }

        if (service.Connect is { ValueKind: JsonValueKind.Object } connect && connect.EnumerateObject()
            .Any(m => m.Value.ValueKind != JsonValueKind.Null && m.Name.Replace("_", "", StringComparison.Ordinal).Equals("SidecarService", StringComparison.OrdinalIgnoreCase)))
        {
            throw ApiRefusal.BadRequest("Invalid SidecarService: this registry has no mesh");
        }

        ValidateWeights(service.Weights);
        ValidateMeta(service.Meta);
        ValidateFamily(service, "lan_ipv4", AddressFamily.InterNetwork, "ipv4");
        ValidateFamily(service, "wan_ipv4", AddressFamily.InterNetwork, "ipv4");
        ValidateFamily(service, "lan_ipv6", AddressFamily.InterNetworkV6, "ipv6");
        ValidateFamily(service, "wan_ipv6", AddressFamily.InterNetworkV6, "ipv6");
    }

    private static void ValidateWeights(ServiceWeights weights)
    {
        var fault = weights switch
        {
            { Passing: < 1 } => "Passing must be greater than 0",
            { Warning: < 0 } => "Warning must be greater or equal than 0",
            { Passing: > MaxWeight } or { Warning: > MaxWeight } => "DNS Weight must be between 0 and 65535",
            _ => null,
        };
        if (fault is not null)
        {
            throw ApiRefusal.BadRequest($"Invalid Weights: {fault}");
        }
    }

    private static void ValidateMeta(IReadOnlyDictionary<string, string>? meta)
    {
        if (meta?.Count > MaxMetaEntries)
        {
            throw ApiRefusal.BadRequest($"Invalid Service Meta: Node metadata cannot contain more than {MaxMetaEntries} key/value pairs");
        }

        foreach (var (key, value) in meta ?? new Dictionary<string, string>())
        {
            var fault = key.Length == 0 ? "Key cannot be blank"
                : !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? "Key contains invalid characters"
                : key.Length > MaxMetaKeyLength ? $"Key is too long (limit: {MaxMetaKeyLength} characters)"
                : key.StartsWith(ReservedMeta, StringComparison.Ordinal) ? $"Key prefix '{ReservedMeta}' is reserved for internal use"
                : value.Length > MaxMetaValueLength ? $"Value is too long (limit: {MaxMetaValueLength} characters)"
                : null;
            if (fault is not null)
            {
                throw ApiRefusal.BadRequest($"Invalid Service Meta: Couldn't load metadata pair ('{key}', '{value}'): {fault}");
            }
        }
    }

    private static void ValidateFamily(ServiceInstance service, string tag, AddressFamily family, string name)
    {
        if (service.TaggedAddresses?.TryGetValue(tag, out var tagged) == true
            && !(IPAddress.TryParse(tagged.Address, out var address) && address.AddressFamily == family))
        {
            throw ApiRefusal.Internal($"Service tagged address \"{tag}\" must be a valid {name} address");
        }
    }

    private static ServiceAddress ReadAddress(JsonElement json)
    {
        var body = new BodyFields(json, "ServiceAddress");
        var address = new ServiceAddress(body.Text("Address"), body.Integer("Port"));
        body.RefuseRest();
        return address;
    }
}

using Saas.Discovery.Model;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>How long and how many. Consul itself limits metadata; the rest it leaves to the size of the body.</summary>
internal static class FieldLimits
{
    public const int MaxName = 256;
    public const int MaxAddress = 512;
    private const int MaxTags = 256;
    private const int MaxTag = 512;
    private const int MaxPairs = 64;
    private const int MaxMetaKey = 128;
    private const int MaxMetaValue = 512;
    private const int MaxPort = 65535;

    public static void Service(ServiceInstance service)
    {
        Name("Service name", service.Name);
        Name("Service ID", service.ID);
        Text("Kind", service.Kind, MaxName);
        Text("Service address", service.Address, MaxAddress);
        Text("SocketPath", service.SocketPath, MaxAddress);
        Meta("service", service.Meta);
        Addresses(service.TaggedAddresses, static address => address.Address);
        Require(service.Port is >= 0 and <= MaxPort, $"Invalid service port: {service.Port}");
        Require(service.Tags.Count <= MaxTags, $"Tags: expected at most {MaxTags}; {service.Tags.Count} came");
        foreach (var tag in service.Tags)
        {
            Require(tag is not null, "Tags: expected texts; null came");
            Text("Tag", tag!, MaxTag);
        }
    }

    public static void Name(string field, string text)
    {
        Require(!text.Any(char.IsControl), $"{field}: expected no control characters");
        Text(field, text, MaxName);
    }

    public static void Text(string field, string text, int most) =>
        Require(text.Length <= most, $"{field}: expected at most {most} characters; {text.Length} came");

    public static void Addresses<T>(IReadOnlyDictionary<string, T>? addresses, Func<T, string?> address)
    {
        Require(addresses is null || addresses.Count <= MaxPairs, $"TaggedAddresses: expected at most {MaxPairs}");
        foreach (var (tag, value) in addresses ?? new Dictionary<string, T>())
        {
            Name("Tagged address", tag);
            Require(value is not null && address(value) is not null, "TaggedAddresses: expected an address; null came");
            Text("Tagged address", address(value!)!, MaxAddress);
        }
    }

    /// <summary>Consul's rules and words for the metadata of nodes and services.</summary>
    public static void Meta(string whose, IReadOnlyDictionary<string, string>? meta)
    {
        Require(meta is null || meta.Count <= MaxPairs, $"Invalid {whose} metadata: Node metadata cannot contain more than {MaxPairs} key/value pairs");
        foreach (var (key, value) in meta ?? new Dictionary<string, string>())
        {
            var fault = key.Length == 0 ? "Key cannot be blank"
                : !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? "Key contains invalid characters"
                : key.Length > MaxMetaKey ? $"Key is too long (limit: {MaxMetaKey} characters)"
                : value is null ? "Value cannot be null"
                : value.Length > MaxMetaValue ? $"Value is too long (limit: {MaxMetaValue} characters)"
                : null;
            Require(fault is null, $"Invalid {whose} metadata: Couldn't load metadata pair ('{Shown(key)}', '{Shown(value)}'): {fault}");
        }
    }

    private static string Shown(string? text) => text is null ? "" : text.Length <= 64 ? text : text[..64] + "…";

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw RegistryException.BadRequest(message);
        }
    }
}

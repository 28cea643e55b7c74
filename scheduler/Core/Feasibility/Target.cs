using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>One side of a constraint: a literal, or <c>${…}</c> naming something of a node.</summary>
internal sealed class Target
{
    private const string UniquePrefix = "unique.";

    private readonly Func<NodeSpec, string?> _read;
    private readonly Func<NodeDevices, string?> _readDevices;

    private Target(Func<NodeSpec, string?> read, bool isUnique, Func<NodeDevices, string?>? readDevices = null) =>
        (_read, DiffersWithinClass, _readDevices) = (read, isUnique, readDevices ?? (static _ => null));

    /// <summary>Whether two nodes of one computed class may answer differently.</summary>
    public bool DiffersWithinClass { get; }

    /// <summary>What it stands for on the node; null where the node has no such thing.</summary>
    public string? Resolve(NodeSpec node) => _read(node);

    /// <summary>What it stands for on a node's group of devices; null where they have no such thing.</summary>
    public string? Resolve(NodeDevices devices) => _readDevices(devices);

    public static bool IsUnique(string name) => name.StartsWith(UniquePrefix, StringComparison.Ordinal);

    public static Target Parse(string text)
    {
        if (!text.StartsWith("${", StringComparison.Ordinal) || !text.EndsWith('}'))
        {
            return new Target(_ => text, isUnique: false, _ => text);
        }

        var name = text[2..^1];
        return name switch
        {
            "node.unique.id" => new Target(static node => node.Id, isUnique: true),
            "node.unique.name" => new Target(static node => node.Name, isUnique: true),
            "node.datacenter" => new Target(static node => node.Datacenter, isUnique: false),
            "node.region" => new Target(static node => node.Region, isUnique: false),
            "node.pool" => new Target(static node => node.Pool, isUnique: false),
            "node.class" => new Target(static node => node.Class.Length == 0 ? null : node.Class, isUnique: false),
            _ when After(name, "attr.") is { } attribute =>
                new Target(node => node.Attributes.GetValueOrDefault(attribute), IsUnique(attribute)),
            _ when After(name, "meta.") is { } key =>
                new Target(node => node.Meta.GetValueOrDefault(key), IsUnique(key)),
            "device.vendor" => OfDevices(static devices => devices.Vendor),
            "device.type" => OfDevices(static devices => devices.Type),
            "device.model" => OfDevices(static devices => devices.Name),
            "device.ids" => OfDevices(static devices => string.Join(',', devices.Ids)),
            _ when After(name, "device.attr.") is { } attribute => OfDevices(devices => devices.Attributes.GetValueOrDefault(attribute)),
            _ => new Target(static _ => null, isUnique: false),
        };
    }

    private static Target OfDevices(Func<NodeDevices, string?> read) => new(static _ => null, isUnique: false, read);

    private static string? After(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
}

using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Node;

/// <summary>
/// Devices of one kind. The agent has no plugins that look for them: the operator says what there is, and each is given to one
/// task at a time.
/// </summary>
internal sealed record DeviceConfig
{
    private const int MaxNameLength = 128;
    private const int MaxIds = 128;
    private const int MaxAttributes = 64;
    private const int MaxAttributeLength = 256;

    /// <summary><c>nvidia</c></summary>
    public string? Vendor { get; init; }

    /// <summary><c>gpu</c></summary>
    public string? Type { get; init; }

    /// <summary>The model, as jobs ask for it: <c>nvidia/gpu/a100</c>.</summary>
    public string? Name { get; init; }

    /// <summary>For constraints of a device ask: <c>memory</c>: <c>40 GiB</c>.</summary>
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }

    /// <summary>One for each device, as the task is told which are its own. At least one.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <exception cref="CommandLineException">One cannot be followed.</exception>
    public static void Validate(IReadOnlyList<DeviceConfig> devices)
    {
        for (var i = 0; i < devices.Count; i++)
        {
            NodeConfig.Require(devices[i] is not null, $"devices[{i}]", "takes an object", null);
            devices[i].Validate($"devices[{i}]");
        }

        var twice = devices.GroupBy(device => (device.Vendor, device.Type, device.Name)).FirstOrDefault(same => same.Count() > 1);
        NodeConfig.Require(twice is null, "devices", "takes one entry of a vendor, type and name", $"{twice?.Key.Vendor}/{twice?.Key.Type}/{twice?.Key.Name}");
    }

    public DeviceGroup ToGroup() => new(
        Vendor!, Type!, Name!, Ids!.ToDictionary(id => id, _ => true, StringComparer.Ordinal), Attributes ?? new Dictionary<string, string>());

    private void Validate(string place)
    {
        foreach (var (member, value) in new[] { ("vendor", Vendor), ("type", Type), ("name", Name) })
        {
            NodeConfig.Require(
                NodeConfig.IsText(value, MaxNameLength) && !value!.Contains('/', StringComparison.Ordinal),
                $"{place}.{member}", $"takes 1 to {MaxNameLength} characters without '/'", value);
        }

        NodeConfig.Require(Ids is { Count: > 0 and <= MaxIds }, $"{place}.ids", $"takes 1 to {MaxIds}", Ids?.Count);
        NodeConfig.Require(
            Ids!.All(id => NodeConfig.IsText(id, MaxNameLength) && !id.Contains(',', StringComparison.Ordinal)) && Ids!.Distinct(StringComparer.Ordinal).Count() == Ids!.Count,
            $"{place}.ids", $"takes different texts of 1 to {MaxNameLength} characters without ','", string.Join(' ', Ids!));
        NodeConfig.Require(Attributes is null or { Count: <= MaxAttributes }, $"{place}.attributes", $"takes at most {MaxAttributes}", Attributes?.Count);
        foreach (var (key, value) in Attributes ?? new Dictionary<string, string>())
        {
            NodeConfig.Require(
                NodeConfig.IsText(key, MaxNameLength) && value is { Length: <= MaxAttributeLength },
                $"{place}.attributes.{key}", $"takes a text of at most {MaxAttributeLength} characters", value);
        }
    }
}

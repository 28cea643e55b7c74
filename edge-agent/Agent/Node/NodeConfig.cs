using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Node;

/// <summary>
/// The member <c>node</c> of the configuration file: what the operator says of this machine, for the scheduler. All of it is
/// optional. Limits are those of the platform's protocol, so that a refusal comes at the start and names the place.
/// </summary>
internal sealed record NodeConfig
{
    private const int MaxNameLength = 128;
    private const int MaxMeta = 256;
    private const int MaxVolumes = 256;
    private const int MaxDevices = 64;
    private const decimal MaxPricePerHour = 1_000_000;

    /// <summary>Of the sites' labels; an operator of a machine must not say where its data may be.</summary>
    private const string ResidencyPrefix = "residency.";

    /// <summary><c>${node.class}</c> in constraints; default none.</summary>
    public string? Class { get; init; }

    /// <summary>Default <c>default</c>.</summary>
    public string? Pool { get; init; }

    /// <summary>Of the whole machine, in the tenant's currency; only compared between nodes. Default 0; at most six decimals.</summary>
    public decimal PricePerHour { get; init; }

    /// <summary><c>${meta.…}</c> in constraints.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>By the name jobs use.</summary>
    public IReadOnlyDictionary<string, HostVolumeConfig>? HostVolumes { get; init; }

    /// <summary>Where none is called <c>default</c>, there is one of that name with the machine's primary IPv4 address.</summary>
    public IReadOnlyList<HostNetworkConfig>? HostNetworks { get; init; }

    public IReadOnlyList<DeviceConfig>? Devices { get; init; }

    /// <exception cref="CommandLineException">A value cannot be followed.</exception>
    public void Validate()
    {
        Require(Class is null || IsText(Class, MaxNameLength), "class", $"takes 1 to {MaxNameLength} characters", Class);
        Require(Pool is null || (IsName(Pool) && !Pool.Contains('.', StringComparison.Ordinal) && Pool is not "all"), "pool", $"takes 1 to {MaxNameLength} letters, digits, '-' and '_', and not \"all\"", Pool);
        Require(
            PricePerHour is >= 0 and <= MaxPricePerHour && decimal.Round(PricePerHour, 6) == PricePerHour,
            "pricePerHour", $"takes 0 to {MaxPricePerHour} with at most six decimals", PricePerHour);
        ValidateMeta(Meta ?? new Dictionary<string, string>());
        Require(HostVolumes is null or { Count: <= MaxVolumes }, "hostVolumes", $"takes at most {MaxVolumes}", HostVolumes?.Count);
        foreach (var (name, volume) in HostVolumes ?? new Dictionary<string, HostVolumeConfig>())
        {
            Require(IsName(name), "hostVolumes", $"takes names of 1 to {MaxNameLength} letters, digits, '-', '_' and '.'", name);
            Require(volume is not null, $"hostVolumes.{name}", "takes an object", null);
            volume!.Validate($"node.hostVolumes.{name}");
        }

        HostNetworkConfig.Validate(HostNetworks ?? []);
        Require(Devices is null or { Count: <= MaxDevices }, "devices", $"takes at most {MaxDevices}", Devices?.Count);
        DeviceConfig.Validate(Devices ?? []);
    }

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    public static bool IsText(string? text, int max) => text is { Length: > 0 } && text.Length <= max && !text.Any(char.IsControl);

    /// <param name="place">Within <c>node</c>.</param>
    /// <exception cref="CommandLineException">It does not hold.</exception>
    public static void Require(bool holds, string place, string takes, object? came)
    {
        if (!holds)
        {
            throw new CommandLineException(FormattableString.Invariant($"node.{place} {takes}, not {(came is string text ? $"\"{text}\"" : came ?? "null")}"));
        }
    }

    private static void ValidateMeta(IReadOnlyDictionary<string, string> meta)
    {
        const int maxKey = 128;
        const int maxValue = 1024;
        Require(meta.Count <= MaxMeta, "meta", $"takes at most {MaxMeta} entries", meta.Count);
        foreach (var (key, value) in meta)
        {
            Require(IsText(key, maxKey), "meta", $"takes keys of 1 to {maxKey} characters", key);
            Require(!key.StartsWith(ResidencyPrefix, StringComparison.OrdinalIgnoreCase), "meta", $"takes no keys that begin with \"{ResidencyPrefix}\": they are the site's", key);
            Require(value is { Length: <= maxValue }, $"meta.{key}", $"takes a text of at most {maxValue} characters", value?.Length);
        }
    }
}

/// <summary>A folder of the machine that jobs may ask for.</summary>
internal sealed record HostVolumeConfig
{
    /// <summary>Absolute; a folder that is there when the agent starts.</summary>
    public string? Path { get; init; }

    /// <summary>Default false.</summary>
    public bool ReadOnly { get; init; }

    /// <exception cref="CommandLineException">The folder is not there, or the path is none.</exception>
    public void Validate(string place)
    {
        if (string.IsNullOrEmpty(Path) || !System.IO.Path.IsPathRooted(Path) || Path.Any(char.IsControl) || Path.Length > 1024)
        {
            throw new CommandLineException($"{place}.path takes an absolute path, not \"{Path}\"");
        }

        if (!Directory.Exists(Path))
        {
            throw new CommandLineException($"{place}.path: there is no folder {Path}");
        }
    }

    public HostVolume ToVolume() => new(Path!, ReadOnly);
}

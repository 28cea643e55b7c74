namespace Saas.Provisioning.Nodes.Pools;

/// <summary>Nomad's names of node pools.</summary>
internal static class NodePools
{
    /// <summary>Of nodes and jobs that name none.</summary>
    public const string Default = "default";

    /// <summary>Every node.</summary>
    public const string All = "all";

    public const string Rule = "1 to 128 letters, digits, '-' and '_'";

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= 128 } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

using Saas.Registry.Consul;

namespace Saas.Registry.Intentions;

/// <summary>What an intention must be, in Consul's words: for those made by id all faults, for those made by name the first.</summary>
internal static class IntentionRules
{
    private const int MaxDescription = 512;
    private const int MaxPairs = 64;
    private const int MaxKey = 128;
    private const int MaxValue = 512;
    private const int MaxName = 512;
    private const string Consul = "consul";

    /// <exception cref="RegistryException">500, with everything that is wrong.</exception>
    public static void CheckWithId(Intention intention, string? sourceType)
    {
        List<string> faults = [];
        Must(intention.SourceName.Length > 0, "SourceName must be set");
        Must(intention.DestinationName.Length > 0, "DestinationName must be set");
        Must(IsWhole(intention.SourceName), "SourceName: wildcard character '*' cannot be used with partial values");
        Must(IsWhole(intention.DestinationName), "DestinationName: wildcard character '*' cannot be used with partial values");
        Must(intention.SourceName.Length <= MaxName, $"SourceName exceeds maximum length {MaxName}");
        Must(intention.DestinationName.Length <= MaxName, $"DestinationName exceeds maximum length {MaxName}");
        Must(intention.Description.Length <= MaxDescription, $"Description exceeds maximum length {MaxDescription}");
        var meta = intention.Meta ?? new Dictionary<string, string>();
        Must(meta.Count <= MaxPairs, $"Meta exceeds maximum element count {MaxPairs}");
        foreach (var (key, value) in meta.Take(MaxPairs))
        {
            Must(key.Length <= MaxKey, $"Meta key \"{Shown(key)}\" exceeds maximum length {MaxKey}");
            Must(value.Length <= MaxValue, $"Meta value for key \"{Shown(key)}\" exceeds maximum length {MaxValue}");
        }

        Must(intention.Action is Intention.Allow or Intention.Deny, "Action must be set to 'allow' or 'deny'");
        Must(intention.Permissions.Count == 0, "Permissions must not be set when using the legacy APIs");
        Must(sourceType is null or "" or Consul, "SourceType must be set to 'consul'");
        if (faults.Count > 0)
        {
            var title = faults.Count == 1 ? "1 error occurred:" : $"{faults.Count} errors occurred:";
            throw RegistryException.Server($"{title}\n{string.Concat(faults.Select(f => $"\t* {f}\n"))}\n");
        }

        void Must(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }

    /// <param name="at">Its place among those of its destination.</param>
    /// <exception cref="RegistryException">500, with the first thing that is wrong.</exception>
    public static void CheckByName(Intention intention, string? sourceType, int at)
    {
        var source = $"Sources[{at}]";
        Require(IsWhole(intention.DestinationName), "Name: wildcard character '*' cannot be used with partial values");
        Require(IsWhole(intention.SourceName), $"{source}.Name: wildcard character '*' cannot be used with partial values");
        Require(intention.Description.Length <= MaxDescription, $"{source}.Description exceeds maximum length {MaxDescription}");
        var hasPermissions = intention.Permissions.Count > 0;
        Require(hasPermissions || intention.Action is Intention.Allow or Intention.Deny, $"{source}.Action must be set to 'allow' or 'deny'");
        Require(!hasPermissions || intention.Action.Length == 0, $"{source}.Action must be omitted if Permissions are specified");
        Require(
            !hasPermissions || intention.DestinationName != Intention.Wildcard,
            $"{source}.Permissions cannot be specified on intentions with wildcarded destinations");
        Require(sourceType is null or "" or Consul, $"{source}.Type must be set to 'consul'");
        PermissionRules.Check(intention.Permissions, source);
    }

    internal static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw RegistryException.Server(fault);
        }
    }

    private static bool IsWhole(string name) => name == Intention.Wildcard || !name.Contains('*', StringComparison.Ordinal);

    private static string Shown(string text) => text.Length <= MaxKey ? text : text[..MaxKey] + "…";
}

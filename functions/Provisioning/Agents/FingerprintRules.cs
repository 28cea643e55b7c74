using Saas.Contracts.Agents;
using Saas.Hosting.Problems;

namespace Saas.Provisioning.Agents;

/// <summary>What a fingerprint may say: it is stored for every node and read for every placement.</summary>
internal static class FingerprintRules
{
    private const int MaxAttributes = 256;
    private const int MaxDrivers = 32;
    private const int MaxKeyLength = 256;
    private const int MaxValueLength = 1024;
    private const int MaxCores = 65_536;
    private const int MaxCpuMhz = 1_000_000_000;

    public static IEnumerable<FieldError> FaultsOf(NodeFingerprint fingerprint)
    {
        if (fingerprint.ProtocolVersion is < 1 or > AgentProtocol.Version)
        {
            yield return new FieldError("protocolVersion", $"This control plane speaks versions 1 to {AgentProtocol.Version} of the agents' protocol.");
        }

        if (!IsText(fingerprint.AgentVersion, 64))
        {
            yield return new FieldError("agentVersion", "Expected 1 to 64 characters.");
        }

        if (!IsHostName(fingerprint.Name))
        {
            yield return new FieldError("name", "Expected a host name of 1 to 64 characters.");
        }

        var resources = fingerprint.Resources;
        if (resources.Cores is < 1 or > MaxCores)
        {
            yield return new FieldError("resources.cores", $"Expected 1 to {MaxCores}; {resources.Cores} came.");
        }

        if (resources.CpuMhz is < 1 or > MaxCpuMhz)
        {
            yield return new FieldError("resources.cpuMhz", $"Expected 1 to {MaxCpuMhz}; {resources.CpuMhz} came.");
        }

        if (resources.MemoryMB < 1)
        {
            yield return new FieldError("resources.memoryMB", $"Expected 1 or more; {resources.MemoryMB} came.");
        }

        if (resources.DiskMB < 0)
        {
            yield return new FieldError("resources.diskMB", $"Expected 0 or more; {resources.DiskMB} came.");
        }

        if (fingerprint.Attributes.Count > MaxAttributes
            || fingerprint.Attributes.Any(a => !IsText(a.Key, MaxKeyLength) || a.Value is null || a.Value.Length > MaxValueLength))
        {
            yield return new FieldError(
                "attributes", $"At most {MaxAttributes} attributes, with keys of 1 to {MaxKeyLength} and values of at most {MaxValueLength} characters.");
        }

        if (fingerprint.Drivers.Count > MaxDrivers
            || fingerprint.Drivers.Any(d => !IsText(d.Key, 64) || d.Value?.Detail is null || d.Value.Detail.Length > MaxValueLength))
        {
            yield return new FieldError("drivers", $"At most {MaxDrivers} drivers, with names of 1 to 64 and details of at most {MaxValueLength} characters.");
        }

        foreach (var fault in NodeFactRules.FaultsOf(fingerprint))
        {
            yield return fault;
        }
    }

    public static bool IsHostName(string? name) => IsText(name, 64) && !name!.Any(char.IsControl);

    private static bool IsText(string? text, int max) => text is not null && text.Length > 0 && text.Length <= max;
}

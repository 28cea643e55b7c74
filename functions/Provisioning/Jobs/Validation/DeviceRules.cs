using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Nomad's rules for devices and for memory beyond what is reserved.</summary>
internal static class DeviceRules
{
    private const int NoLimit = -1;

    public static IEnumerable<Fault> FaultsOf(Resources? resources)
    {
        var memory = resources?.MemoryMB ?? 300;
        if (resources?.MemoryMaxMB is { } most and not 0 and not NoLimit && (most < memory || most > JobLimits.MaxMemoryMB))
        {
            yield return new Fault("Resources.MemoryMaxMB", $"Expected MemoryMB, {memory}, to {JobLimits.MaxMemoryMB} MiB, or -1; {most} came.");
        }

        if (resources?.Devices?.Count > JobLimits.MaxDevices)
        {
            yield return new Fault("Resources.Devices", $"At most {JobLimits.MaxDevices} devices a task; {resources.Devices.Count} came.");
            yield break;
        }

        foreach (var (index, device) in (resources?.Devices ?? []).Index())
        {
            foreach (var fault in FaultsOf(device))
            {
                yield return fault.Under($"Resources.Devices[{index}]");
            }
        }
    }

    private static IEnumerable<Fault> FaultsOf(RequestedDevice? device)
    {
        if (device is null)
        {
            yield return new Fault("", "A device is an object; null came.");
            yield break;
        }

        // A model's name may have slashes of its own, as in Nomad.
        if (device.Name is not { Length: > 0 and <= JobLimits.MaxNameLength } name || name.Any(char.IsControl) || name.Split('/', 3).Any(static part => part.Length == 0))
        {
            yield return new Fault("Name", $"Expected type, vendor/type or vendor/type/name; {Quote.Of(device.Name)} came.");
        }

        if (device.Count is < 1 or > JobLimits.MaxDeviceCount)
        {
            yield return new Fault("Count", $"Expected 1 to {JobLimits.MaxDeviceCount}; {device.Count} came.");
        }

        if (device.Constraints?.Count > JobLimits.MaxConstraints)
        {
            yield return new Fault("Constraints", $"At most {JobLimits.MaxConstraints} constraints; {device.Constraints.Count} came.");
            yield break;
        }

        foreach (var (index, constraint) in (device.Constraints ?? []).Index())
        {
            var fault = constraint?.Operand is Operands.DistinctHosts or Operands.DistinctProperty
                ? $"{Quote.Of(constraint.Operand)} is no operand for a device."
                : ConstraintRules.FaultOf(constraint, ofDevice: true);
            if (fault is not null)
            {
                yield return new Fault($"Constraints[{index}]", fault);
            }
        }

        foreach (var fault in AffinityRules.FaultsOf(device.Affinities, ofDevice: true))
        {
            yield return fault;
        }
    }
}

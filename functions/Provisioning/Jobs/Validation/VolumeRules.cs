using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Volumes are folders that nodes offer; a group is placed where they are.</summary>
internal static class VolumeRules
{
    public static IEnumerable<Fault> FaultsOf(IReadOnlyDictionary<string, VolumeRequest>? volumes)
    {
        if (volumes?.Count > JobLimits.MaxVolumes)
        {
            return [new Fault("Volumes", $"At most {JobLimits.MaxVolumes} volumes a group; {volumes.Count} came.")];
        }

        return (volumes ?? new Dictionary<string, VolumeRequest>())
            .SelectMany(static volume => FaultsOf(volume.Key, volume.Value).Select(fault => fault.Under($"Volumes[{Quote.Of(volume.Key)}]")));
    }

    private static IEnumerable<Fault> FaultsOf(string name, VolumeRequest? volume)
    {
        if (!IsLabel(name))
        {
            yield return new Fault("", $"A volume's name has 1 to {JobLimits.MaxLabelLength} letters, digits, '-' and '_'.");
        }

        if (volume is null)
        {
            yield return new Fault("", "A volume is an object; null came.");
            yield break;
        }

        if (!string.IsNullOrEmpty(volume.Name) && volume.Name != name)
        {
            yield return new Fault("Name", $"Expected {Quote.Of(name)}, as its key; {Quote.Of(volume.Name)} came.");
        }

        if (volume.Type != VolumeTypes.Host)
        {
            yield return new Fault("Type", $"Expected host: there are no other volumes than folders of nodes; {Quote.Of(volume.Type)} came.");
        }

        if (volume.Source is not { Length: > 0 and <= JobLimits.MaxNameLength } source || source.Any(char.IsControl))
        {
            yield return new Fault("Source", $"Expected the name under which nodes offer it, 1 to {JobLimits.MaxNameLength} characters.");
        }

        foreach (var fault in UnsupportedRules.Given(
            (nameof(volume.Sticky), volume.Sticky is true, "A replacement is placed where there is room."),
            (nameof(volume.PerAlloc), volume.PerAlloc is true, "All allocations of a group name the same volume."),
            (nameof(volume.AccessMode), UnsupportedRules.IsGiven(volume.AccessMode), "A folder is shared by all that ask for it."),
            (nameof(volume.AttachmentMode), UnsupportedRules.IsGiven(volume.AttachmentMode), "A folder is not attached."),
            (nameof(volume.MountOptions), UnsupportedRules.IsGiven(volume.MountOptions), "A folder is not mounted.")))
        {
            yield return fault;
        }
    }

    private static bool IsLabel(string name) =>
        name.Length is > 0 and <= JobLimits.MaxLabelLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

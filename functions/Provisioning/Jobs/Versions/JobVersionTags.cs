using System.Text.Json;
using Saas.Cluster;

namespace Saas.Provisioning.Jobs.Versions;

/// <summary>Nomad's JobVersionTag.</summary>
/// <param name="TaggedTime">Nanoseconds since 1970.</param>
internal sealed record JobVersionTagBody(string Name, string Description, long TaggedTime);

internal static class JobVersionTags
{
    public static JsonElement? Show(VersionTag? tag) => tag is null ? null : JsonSerializer.SerializeToElement(
        new JobVersionTagBody(tag.Name, tag.Description, tag.TaggedAt.ToUnixNanoseconds()), ProvisioningJson.Default.JobVersionTagBody);
}

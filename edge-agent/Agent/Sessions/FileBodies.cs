using System.Text.Json.Serialization;
using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.Sessions;

/// <summary>Nomad's AllocFileInfo.</summary>
/// <param name="ContentType">Null in lists.</param>
internal sealed record FileBody(string Name, bool IsDir, long Size, string FileMode, DateTime ModTime, string? ContentType)
{
    public static FileBody Of(string name, FileStatus status, string? contentType = null) =>
        new(name, status.IsDirectory, status.Size, status.Text, status.ModifiedAt.UtcDateTime, contentType);
}

/// <summary>What Nomad's clients read: names as in the C# types.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FileBody))]
[JsonSerializable(typeof(IReadOnlyList<FileBody>))]
[JsonSerializable(typeof(AllocationUsageBody))]
[JsonSerializable(typeof(NodeUsageBody))]
internal sealed partial class SessionJson : JsonSerializerContext;

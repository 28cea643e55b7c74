using System.Security.Cryptography;
using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Assignments;

/// <summary>
/// A task group by its contents: the same text has the same hash, in whichever job it stands. So a row of it never
/// changes, and whoever has it need not ask again.
/// </summary>
/// <param name="Hash">Lower-case hexadecimal SHA-256 of <paramref name="Json"/>; the row's key.</param>
/// <param name="Json">The group in the names of <see cref="NomadJson"/>.</param>
public sealed record Definition(string Hash, ReadOnlyMemory<byte> Json)
{
    public static Definition Of(TaskGroup group)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(group, NomadJson.Default.TaskGroup);
        return new Definition(HashOf(json), json);
    }

    /// <exception cref="InvalidDataException">The row does not hold what its key is the hash of.</exception>
    public static TaskGroup Read(string hash, ReadOnlySpan<byte> json)
    {
        if (HashOf(json) != hash)
        {
            throw new InvalidDataException($"The definition {hash} holds another text.");
        }

        return JsonSerializer.Deserialize(json, NomadJson.Default.TaskGroup)
            ?? throw new InvalidDataException($"The definition {hash} holds null.");
    }

    private static string HashOf(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json));
}

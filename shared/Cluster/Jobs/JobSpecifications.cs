using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Jobs;

/// <summary>Specifications as documents, both with their defaults.</summary>
public static class JobSpecifications
{
    /// <summary>In bytes.</summary>
    public static int SizeOf(Job job) => Bytes(job).Length;

    /// <summary>Whether they say the same; the order of keys says nothing, that of list items does.</summary>
    public static bool AreSame(Job left, Job right)
    {
        byte[] leftBytes = Bytes(left), rightBytes = Bytes(right);
        if (leftBytes.AsSpan().SequenceEqual(rightBytes))
        {
            return true;
        }

        using var leftDocument = JsonDocument.Parse(leftBytes);
        using var rightDocument = JsonDocument.Parse(rightBytes);
        return JsonElement.DeepEquals(leftDocument.RootElement, rightDocument.RootElement);
    }

    private static byte[] Bytes(Job job) => JsonSerializer.SerializeToUtf8Bytes(job, NomadJson.Default.Job);
}

using Saas.Storage.Signals;

namespace Saas.Cluster.Changes;

/// <summary>
/// The signals of one tenant's changes. Keys fall into a fixed number of buckets, because a topic that was ever raised
/// stays: who waits for one job is now and then woken for another.
/// </summary>
public static class ChangeStamps
{
    private const int Buckets = 64;

    private static readonly ChangeKinds[] Each = [.. Enum.GetValues<ChangeKinds>().Where(static kind => int.IsPow2((int)kind))];

    /// <summary>The kinds in a set, one by one.</summary>
    public static IEnumerable<ChangeKinds> In(ChangeKinds kinds) => Each.Where(kind => kinds.HasFlag(kind));

    /// <param name="key">Null: which of them is not known, so all may be meant.</param>
    public static void Raise(IChangeSignal signal, string tenantId, ChangeKinds kinds, string? key)
    {
        foreach (var kind in In(kinds))
        {
            signal.Raise(Any(tenantId, kind));
            signal.Raise(key is null ? Unnamed(tenantId, kind) : Keyed(tenantId, kind, key));
        }

        signal.Raise(ClusterTopics.Tenant(tenantId));
    }

    /// <summary>Rises with every change that concerns the topics.</summary>
    public static long Of(IChangeSignal signal, string tenantId, ChangeTopics topics)
    {
        var stamp = 0L;
        foreach (var kind in Each)
        {
            if (topics.Kinds.HasFlag(kind))
            {
                stamp += topics.Key is { } key
                    ? signal.Version(Keyed(tenantId, kind, key)) + signal.Version(Unnamed(tenantId, kind))
                    : signal.Version(Any(tenantId, kind));
            }
        }

        return stamp;
    }

    private static string Any(string tenantId, ChangeKinds kind) => $"cluster:{tenantId}:{(int)kind}";

    private static string Unnamed(string tenantId, ChangeKinds kind) => $"cluster:{tenantId}:{(int)kind}:*";

    private static string Keyed(string tenantId, ChangeKinds kind, string key) => $"cluster:{tenantId}:{(int)kind}:{BucketOf(key)}";

    private static int BucketOf(string key)
    {
        var hash = 2166136261u;
        foreach (var c in key)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) % Buckets);
    }
}

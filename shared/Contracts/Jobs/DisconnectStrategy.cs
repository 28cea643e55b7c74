namespace Saas.Contracts.Jobs;

/// <summary>What becomes of allocations whose node is silent. Nomad's <c>disconnect</c> block. Durations are nanoseconds.</summary>
public sealed record DisconnectStrategy
{
    /// <summary>
    /// How long an allocation on a silent node is unknown, not lost; null or 0: not at all. Not together with
    /// <see cref="StopOnClientAfter"/>.
    /// </summary>
    public long? LostAfter { get; init; }

    /// <summary>After how long without its control plane the agent stops the allocation by itself; null: never. Of service and batch jobs.</summary>
    public long? StopOnClientAfter { get; init; }

    /// <summary>Whether there is a replacement while it is unknown; default true.</summary>
    public bool? Replace { get; init; }

    /// <summary>One of <see cref="ReconcileOptions"/>; default <c>best_score</c>.</summary>
    public string? Reconcile { get; init; }
}

/// <summary>Which of the original and its replacement stays when the node speaks again.</summary>
public static class ReconcileOptions
{
    public const string KeepOriginal = "keep_original";
    public const string KeepReplacement = "keep_replacement";
    public const string BestScore = "best_score";
    public const string LongestRunning = "longest_running";
}

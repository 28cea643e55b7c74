using System.Text.Json;
using Saas.Storage.Tables;

namespace Saas.Cluster.Jobs;

/// <summary>The last events of scaling a group of a job, newest first: a row a group, which goes with the job.</summary>
public sealed record ScalingEvents(IReadOnlyList<ScalingEvent> Events)
{
    /// <summary>Nomad's <c>JobTrackedScalingEvents</c>.</summary>
    public const int Kept = 20;

    public static readonly ScalingEvents None = new([]);

    public ScalingEvents With(ScalingEvent next) => new([next, .. Events.Take(Kept - 1)]);

    public static string Row(string jobId, string group) => RowsOf(jobId) + TableKeys.Escape(group);

    /// <summary>What the rows of all groups of a job begin with.</summary>
    public static string RowsOf(string jobId) => $"scaling|{TableKeys.Escape(jobId)}|";
}

/// <summary>Nomad's ScalingEvent: somebody set a group's count, or says why they did not.</summary>
public sealed record ScalingEvent
{
    public required string Group { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Null: the count stayed.</summary>
    public int? Count { get; init; }

    public required int PreviousCount { get; init; }
    public string Message { get; init; } = "";
    public bool Error { get; init; }
    public IReadOnlyDictionary<string, JsonElement>? Meta { get; init; }

    /// <summary>Null: none followed.</summary>
    public string? EvaluationId { get; init; }

    public required long CreateIndex { get; init; }
}

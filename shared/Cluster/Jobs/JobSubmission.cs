using Saas.Storage.Tables;

namespace Saas.Cluster.Jobs;

/// <summary>Nomad's JobSubmission: what a version of a job was made from. A row beside the version's, which goes with it.</summary>
public sealed record JobSubmission
{
    /// <summary>Of all its texts, in UTF-8. Larger ones are not kept, as Nomad does it beyond its own limit.</summary>
    public const int MaxBytes = 768 * 1024;

    /// <summary>The job file.</summary>
    public string Source { get; init; } = "";

    /// <summary><c>hcl2</c> or <c>json</c>.</summary>
    public string Format { get; init; } = "";

    public IReadOnlyDictionary<string, string>? VariableFlags { get; init; }

    /// <summary>The content of a variables file.</summary>
    public string Variables { get; init; } = "";

    /// <summary>Set by the ledger: the index of the submission it came with.</summary>
    public long JobModifyIndex { get; init; }

    public static string Row(string jobId, long version) =>
        RowsOf(jobId) + version.ToString("D19", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the rows of all versions of a job begin with.</summary>
    public static string RowsOf(string jobId) => $"submission|{TableKeys.Escape(jobId)}|";
}

using System.Collections.Frozen;
using Saas.Cluster.Assignments;

namespace Saas.Scheduler.Host.Cells;

/// <summary>A node's document as it is in the store: a whole one and what has changed since it was written.</summary>
/// <param name="Index">Of the document with its amendment; 0: there is none.</param>
/// <param name="ETag">Of the whole one; null: there is none.</param>
/// <param name="WholeIndex">Of the whole one.</param>
/// <param name="AmendmentETag">Null: there is no such row.</param>
/// <param name="Amended">Ids of allocations that the amendment adds, changes or removes.</param>
internal sealed record DocumentVersion(
    long Index, string? ETag, long WholeIndex, string? AmendmentETag, IReadOnlySet<string> Amended)
{
    /// <summary>Nothing was ever written.</summary>
    public static DocumentVersion None { get; } = new(0, null, 0, null, FrozenSet<string>.Empty);

    public static DocumentVersion Of(AssignmentRow row) => new(
        row.Document.Index, row.ETag, row.WholeIndex, row.AmendmentETag,
        row.Amendment is { } amendment && amendment.Amends == row.WholeIndex
            ? amendment.Allocations.Select(static allocation => allocation.Id).Concat(amendment.Removed).ToHashSet(StringComparer.Ordinal)
            : FrozenSet<string>.Empty);

    public DocumentVersion WrittenWhole(string etag) => this with
    {
        Index = Index + 1, ETag = etag, WholeIndex = Index + 1, Amended = FrozenSet<string>.Empty,
    };

    public DocumentVersion WrittenAmendment(string etag, IReadOnlySet<string> amended) =>
        this with { Index = Index + 1, AmendmentETag = etag, Amended = amended };
}

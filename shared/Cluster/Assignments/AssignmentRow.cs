using Saas.Storage.Tables;

namespace Saas.Cluster.Assignments;

/// <summary>A node's document as it is in the store: a whole one and, beside it, what changed since that was written.</summary>
/// <param name="Document">With what its amendment says.</param>
/// <param name="ETag">Of the whole one, to replace it with.</param>
/// <param name="WholeIndex">Of the whole one.</param>
/// <param name="Amendment">Null: there is no such row. One that amends an older document says nothing, but it is to be replaced all the same.</param>
/// <param name="AmendmentETag">Null: there is no such row.</param>
public sealed record AssignmentRow(
    AssignmentDocument Document, string ETag, long WholeIndex, AssignmentDocument? Amendment, string? AmendmentETag)
{
    /// <exception cref="InvalidDataException">One of them cannot be read.</exception>
    internal static AssignmentRow Read(TableRow whole, TableRow? amendment, SharedParts shared)
    {
        var document = AssignmentDocument.Read(whole.Value, shared);
        var amending = amendment is null ? null : AssignmentDocument.Read(amendment.Value, shared);
        return new AssignmentRow(document.Amended(amending), whole.ETag, document.Index, amending, amendment?.ETag);
    }
}

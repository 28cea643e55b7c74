using System.Security.Cryptography;
using System.Text;
using Saas.Storage.Tables;

namespace Saas.Cluster.Jobs;

/// <summary>
/// The row by which a repeated dispatch finds the child that the first one made. It says nothing any more once that child
/// is gone, and is taken over by the next dispatch of its name.
/// </summary>
/// <param name="JobId">The child.</param>
public sealed record DispatchToken(string JobId)
{
    /// <summary>Of a token, in characters.</summary>
    public const int MaxLength = 256;

    private const string RowPrefix = "dispatch|";

    /// <summary>Its key in the project's partition of jobs. A token is a client's text: the key has its SHA-256.</summary>
    public static string Row(string parentId, string token) => string.Concat(
        RowPrefix, TableKeys.Escape(parentId), "|", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));

    /// <summary>The row that goes with a child that is removed; null: it has none.</summary>
    public static string? RowOf(JobRecord child) =>
        child.Job is { ParentID: { Length: > 0 } parent, DispatchIdempotencyToken: { Length: > 0 } token } ? Row(parent, token) : null;
}

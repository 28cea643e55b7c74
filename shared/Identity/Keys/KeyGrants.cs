using Saas.Identity.Access;
using Saas.Identity.Rows;
using Saas.Storage.Tables;

namespace Saas.Identity.Keys;

/// <summary>The policies a key stands for.</summary>
public static class KeyGrants
{
    public static Task<IReadOnlyList<AccessPolicy>?> OfAsync(TablePartition rows, ApiKeyRecord key, CancellationToken ct) =>
        OfAsync(rows, key.Role, key.Policies, key.MemberId, ct);

    /// <summary>Null if it is for a member there is not.</summary>
    public static async Task<IReadOnlyList<AccessPolicy>?> OfAsync(
        TablePartition rows, string? role, IReadOnlyList<AccessPolicy>? policies, string? memberId, CancellationToken ct)
    {
        if (memberId is null)
        {
            return role is null ? policies : [BuiltInPolicies.Roles[role]];
        }

        return await rows.GetAsync(IdentityTable.Member(memberId), IdentityJson.Default.MemberRecord, ct) is { } member
            ? [BuiltInPolicies.Roles[member.Value.Role]]
            : null;
    }
}

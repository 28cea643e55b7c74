namespace Saas.Identity.Quotas;

/// <summary>What a plan limits the number of.</summary>
public enum QuotaKind
{
    Projects,
    Sites,
    Members,

    /// <summary>API keys that are not revoked.</summary>
    Keys,

    /// <summary>Enrolment tokens that were not used and have not expired.</summary>
    EnrolmentTokens,

    /// <summary>Machines enrolled.</summary>
    Nodes,

    /// <summary>Jobs known, stopped ones included until they are purged.</summary>
    Jobs,
}

/// <summary>As <see cref="IdentityErrorKind.QuotaExceeded"/>, in numbers.</summary>
public sealed record QuotaExceeded(QuotaKind Quota, int Limit, int Current) : IdentityError(
    IdentityErrorKind.QuotaExceeded,
    $"The plan allows {Limit} {QuotaNames.Of(Quota)}, and there are {Current}. Remove one, or change the plan.");

public static class QuotaNames
{
    /// <summary>As on the wire: <c>enrolmentTokens</c>.</summary>
    public static string Of(QuotaKind kind) => kind switch
    {
        QuotaKind.Projects => "projects",
        QuotaKind.Sites => "sites",
        QuotaKind.Members => "members",
        QuotaKind.Keys => "keys",
        QuotaKind.EnrolmentTokens => "enrolmentTokens",
        QuotaKind.Nodes => "nodes",
        QuotaKind.Jobs => "jobs",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

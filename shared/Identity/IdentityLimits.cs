namespace Saas.Identity;

/// <summary>Sizes and counts of what tenants write.</summary>
public static class IdentityLimits
{
    /// <summary>Of tenants', projects', sites', members' and keys' names, in characters.</summary>
    public const int MaxNameLength = 64;

    public const int MaxDescriptionLength = 512;

    /// <summary>RFC 5321 §4.5.3.1.3.</summary>
    public const int MaxEmailLength = 254;

    public const int MaxLabels = 16;
    public const int MaxLabelNameLength = 63;
    public const int MaxLabelValueLength = 128;
    public const int MaxPolicies = 8;
    public const int MaxStatements = 16;
    public const int MaxPatterns = 32;
    public const int MaxPatternLength = 256;

    public static readonly TimeSpan MinEnrolmentTokenLifetime = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan DefaultEnrolmentTokenLifetime = TimeSpan.FromHours(1);
    public static readonly TimeSpan MaxEnrolmentTokenLifetime = TimeSpan.FromDays(30);
}

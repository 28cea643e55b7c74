namespace Saas.Onboarding.Api;

/// <summary>Bodies of this app hold a few short fields; what is larger is refused before it is read.</summary>
internal static class BodyLimits
{
    public const int Small = 16 * 1024;

    /// <summary>A key with the most policies allowed.</summary>
    public const int Policies = 512 * 1024;
}

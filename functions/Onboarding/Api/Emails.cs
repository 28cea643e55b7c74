namespace Saas.Onboarding.Api;

internal static class Emails
{
    /// <summary>
    /// One spelling an address, so that a person is a member once. The part before the @ could differ by case (RFC 5321
    /// §2.4); no provider in use tells them apart.
    /// </summary>
    public static string Canonical(string email) => email.ToLowerInvariant();
}

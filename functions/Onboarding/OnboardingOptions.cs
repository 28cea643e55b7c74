using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Saas.Onboarding;

/// <summary>Settings of this app.</summary>
public sealed record OnboardingOptions
{
    /// <summary>
    /// <c>SAAS_DELETION_GRACE_HOURS</c>: between asking for a tenant's deletion and its removal; 0 to 8760, default 168
    /// (a week). Shorter leaves less time to notice a mistake.
    /// </summary>
    public TimeSpan DeletionGrace { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// <c>SAAS_OPERATOR_KEY_SHA256</c>: SHA-256, in hexadecimal, of the key of the platform's operators. Absent: nobody
    /// is one.
    /// </summary>
    public byte[]? OperatorKeyHash { get; init; }

    /// <exception cref="InvalidOperationException">A setting is not what it should be.</exception>
    public static OnboardingOptions From(IConfiguration configuration)
    {
        var options = new OnboardingOptions();
        if (configuration["SAAS_DELETION_GRACE_HOURS"] is { Length: > 0 } grace)
        {
            if (!double.TryParse(grace, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) || hours > 8760)
            {
                throw new InvalidOperationException($"SAAS_DELETION_GRACE_HOURS is {grace}; expected 0 to 8760.");
            }

            options = options with { DeletionGrace = TimeSpan.FromHours(hours) };
        }

        if (configuration["SAAS_OPERATOR_KEY_SHA256"] is { Length: > 0 } hash)
        {
            if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit))
            {
                throw new InvalidOperationException("SAAS_OPERATOR_KEY_SHA256 is not the 64 hexadecimal digits of a SHA-256.");
            }

            options = options with { OperatorKeyHash = Convert.FromHexString(hash) };
        }

        return options;
    }
}

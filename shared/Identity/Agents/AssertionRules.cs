using System.Security.Cryptography;
using System.Text;
using Saas.Contracts.Agents;

namespace Saas.Identity.Agents;

/// <summary>What an assertion with a right signature must hold to besides.</summary>
internal static class AssertionRules
{
    /// <summary>The end of the year 9999, less what is added to it here.</summary>
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 3600;

    /// <summary>Null: it may be used.</summary>
    public static TokenOutcome? Refuse(AssertionClaims claims, AgentCredentialRecord agent, DateTimeOffset now)
    {
        // The range first: differences of times from anywhere in 64 bits overflow.
        if (claims.Aud != AgentAssertion.Audience || claims.Iat < 0 || claims.Exp > LastSecond || claims.Exp <= claims.Iat
            || claims.Exp - claims.Iat > (long)AgentProtocol.MaxAssertionLifetime.TotalSeconds)
        {
            return TokenOutcome.Refused(
                TokenRefusal.WrongClaims,
                $"Expected aud {AgentAssertion.Audience} and exp at most {AgentProtocol.MaxAssertionLifetime.TotalSeconds:0} seconds after iat.");
        }

        var seconds = now.ToUnixTimeSeconds();
        var skew = (long)AgentProtocol.AllowedClockSkew.TotalSeconds;
        if (claims.Iat > seconds + skew || claims.Iat < seconds - skew - (claims.Exp - claims.Iat))
        {
            return TokenOutcome.Refused(
                TokenRefusal.ClockSkew,
                $"The machine's clock is off by {Math.Abs(claims.Iat - seconds)} seconds; {skew} are allowed. The server's time is {now:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        if (claims.Exp < seconds - skew)
        {
            return TokenOutcome.Refused(TokenRefusal.Expired, $"The assertion has expired. The server's time is {now:yyyy-MM-ddTHH:mm:ssZ}.");
        }

        var live = agent.UsedAssertions.Where(u => u.ForgetAt > now).ToList();
        var id = IdHash(claims.Jti);
        if (live.Any(u => u.IdHash.AsSpan().SequenceEqual(id)))
        {
            return TokenOutcome.Refused(TokenRefusal.Replayed, "The assertion was used before. Sign a new one with its own jti.");
        }

        return live.Count >= AgentCredentials.MaxRememberedAssertions
            ? TokenOutcome.Refused(TokenRefusal.TooMany, "Too many access tokens were asked for. Use the last one until it expires.")
            : null;
    }

    /// <summary>Remembered until the latest moment at which <see cref="Refuse"/> would still let its times pass.</summary>
    public static UsedAssertion Use(AssertionClaims claims, DateTimeOffset now)
    {
        var last = DateTimeOffset.FromUnixTimeSeconds(claims.Exp) + AgentProtocol.AllowedClockSkew + TimeSpan.FromSeconds(1);
        return new UsedAssertion(IdHash(claims.Jti), last > now ? last : now);
    }

    private static byte[] IdHash(string jti) => SHA256.HashData(Encoding.UTF8.GetBytes(jti))[..16];
}

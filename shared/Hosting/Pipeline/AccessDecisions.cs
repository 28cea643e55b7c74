using Saas.Identity.Access;

namespace Saas.Hosting.Pipeline;

/// <summary>Whether a principal may do an action on a resource: deny wins, default deny.</summary>
internal static class AccessDecisions
{
    public static bool Allows(Principal principal, string action, string resource)
    {
        var allowed = false;
        foreach (var statement in principal.Policies.SelectMany(p => p.Statements))
        {
            if (statement.Actions.Any(a => Matches(a, action)) && statement.Resources.Any(r => Matches(r, resource)))
            {
                if (statement.Effect == PolicyEffect.Deny)
                {
                    return false;
                }

                allowed = true;
            }
        }

        return allowed;
    }

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.SequenceEqual(text);
        }

        if (!text.StartsWith(pattern[..star], StringComparison.Ordinal))
        {
            return false;
        }

        var rest = pattern[(star + 1)..];
        for (var from = star; from <= text.Length; from++)
        {
            if (Matches(rest, text[from..]))
            {
                return true;
            }
        }

        return false;
    }
}

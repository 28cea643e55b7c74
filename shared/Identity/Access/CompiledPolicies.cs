namespace Saas.Identity.Access;

/// <summary>Policies laid out for deciding: all denies first, then all allows, so the first match is the answer.</summary>
internal sealed class CompiledPolicies
{
    private readonly Statement[] _statements;

    public CompiledPolicies(IReadOnlyList<AccessPolicy> policies) =>
        _statements = policies
            .SelectMany(policy => policy.Statements.Select((statement, index) => new Statement(
                statement.Effect, Compile(statement.Actions), Compile(statement.Resources), policy.Name, index)))
            .OrderByDescending(s => s.Effect == PolicyEffect.Deny)
            .ToArray();

    public AccessDecision Decide(string action, string resource)
    {
        foreach (ref readonly var statement in _statements.AsSpan())
        {
            if (Matches(statement.Actions, action) && Matches(statement.Resources, resource))
            {
                return new AccessDecision(
                    statement.Effect == PolicyEffect.Deny ? AccessReason.Denied : AccessReason.Allowed,
                    statement.Policy,
                    statement.Index);
            }
        }

        return AccessDecision.Without(AccessReason.NothingAllows);
    }

    private static bool Matches(Pattern[] patterns, string text)
    {
        foreach (ref readonly var pattern in patterns.AsSpan())
        {
            if (pattern.Matches(text))
            {
                return true;
            }
        }

        return false;
    }

    private static Pattern[] Compile(IReadOnlyList<string> patterns) => patterns.Select(p => new Pattern(p)).ToArray();

    private readonly record struct Statement(PolicyEffect Effect, Pattern[] Actions, Pattern[] Resources, string Policy, int Index);

    /// <summary>Nearly all patterns are a literal, a prefix with one star behind it, or a star alone: no loop for those.</summary>
    private readonly struct Pattern
    {
        private readonly string _text;
        private readonly Shape _shape;

        public Pattern(string pattern)
        {
            var star = pattern.IndexOf('*', StringComparison.Ordinal);
            (_shape, _text) = star switch
            {
                -1 => (Shape.Literal, pattern),
                0 when pattern.Length == 1 => (Shape.Anything, pattern),
                _ when star == pattern.Length - 1 => (Shape.Prefix, pattern[..^1]),
                _ => (Shape.Glob, pattern),
            };
        }

        public bool Matches(string text) => _shape switch
        {
            Shape.Anything => true,
            Shape.Literal => string.Equals(text, _text, StringComparison.Ordinal),
            Shape.Prefix => text.StartsWith(_text, StringComparison.Ordinal),
            _ => Glob.Matches(_text, text),
        };

        private enum Shape
        {
            Literal,
            Prefix,
            Anything,
            Glob,
        }
    }
}

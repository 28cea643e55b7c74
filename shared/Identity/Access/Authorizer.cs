using System.Runtime.CompilerServices;

namespace Saas.Identity.Access;

/// <summary>
/// Decides whether a principal may do an action on a resource: deny wins, and what nothing allows is denied.
/// Safe for concurrent use. A pure function of its arguments; compiled policies are kept as long as the principal's
/// policy list lives, which the authenticator reuses from request to request.
/// </summary>
public sealed class Authorizer
{
    /// <summary>Actions that begin so belong to the agents' channel: no key is ever allowed one, not even an owner's.</summary>
    public const string AgentActions = "agent:";

    private readonly ConditionalWeakTable<IReadOnlyList<AccessPolicy>, CompiledPolicies> _compiled = [];

    /// <param name="action"><c>jobs:submit</c></param>
    /// <param name="resource"><c>project/prj_…/job/web</c></param>
    public AccessDecision Decide(Principal principal, string action, string resource)
    {
        if (principal.Kind != PrincipalKind.Agent && action.StartsWith(AgentActions, StringComparison.Ordinal))
        {
            return AccessDecision.Without(AccessReason.AgentsOnly);
        }

        if (principal.ProjectScope is { } project && !IsWithin(project, resource))
        {
            return AccessDecision.Without(AccessReason.OutsideProjectScope);
        }

        return _compiled.GetValue(principal.Policies, static policies => new CompiledPolicies(policies)).Decide(action, resource);
    }

    /// <summary>
    /// Whether some allow of the principal reaches into what the patterns name: enough to tell it that a thing is there,
    /// not to do anything with it. Denies are not looked at.
    /// </summary>
    /// <param name="actions"><c>kv:*</c></param>
    /// <param name="resources"><c>project/prj_…/kv/secret*</c></param>
    public static bool Reaches(Principal principal, string actions, string resources) =>
        (principal.ProjectScope is not { } project || IsWithin(project, resources))
        && principal.Policies.Any(policy => policy.Statements.Any(statement =>
            statement.Effect == PolicyEffect.Allow
            && statement.Actions.Any(action => Glob.Overlap(action, actions))
            && statement.Resources.Any(resource => Glob.Overlap(resource, resources))));

    /// <summary>A principal asking about itself is outside of all projects and always within its scope.</summary>
    private static bool IsWithin(string project, ReadOnlySpan<char> resource) =>
        resource.SequenceEqual(BuiltInPolicies.SelfResource)
        || (resource.StartsWith(ResourceNames.ProjectPrefix)
            && resource[ResourceNames.ProjectPrefix.Length..] is var rest
            && rest.StartsWith(project)
            && (rest.Length == project.Length || rest[project.Length] == '/'));
}

using Saas.Discovery.Model;
using Saas.Registry.Log;
using Saas.Registry.Sessions;

namespace Saas.Registry.State;

/// <summary>What follows when a lease was not renewed.</summary>
internal static class LeaseEnding
{
    public static void End(Draft draft, LeaseTerm term)
    {
        draft.Apply(new LeaseEnded(term.Id));
        switch (term.Kind)
        {
            case LeaseKind.Agent:
                EndAgent(draft, term.Subject);
                break;
            case LeaseKind.Session:
                draft.EndSessions([term.Subject]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(term), term.Kind, "No such kind of lease.");
        }
    }

    private static void EndAgent(Draft draft, string node)
    {
        if (draft.State.Catalog.FindNode(node)?.Checks.GetValueOrDefault(HealthStatus.AgentAlive) is { } alive)
        {
            draft.PutCheck(alive with { Status = HealthStatus.Critical, Output = "Agent not live or unreachable" });
        }
    }
}

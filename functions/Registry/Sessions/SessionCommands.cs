using Saas.Discovery.Model;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Sessions;

/// <summary>How commands begin and end sessions.</summary>
internal static class SessionCommands
{
    /// <param name="ttl">Zero: it need not be renewed.</param>
    /// <exception cref="RegistryException">500: its node or one of its checks is not there, or is critical. 429: too many.</exception>
    public static void BeginSession(this Draft draft, Session session, TimeSpan ttl)
    {
        if (draft.State.Sessions.Count >= SessionLimits.MaxSessions)
        {
            throw new RegistryException(429, $"Too many sessions: a datacenter of a namespace has at most {SessionLimits.MaxSessions}");
        }

        var node = draft.State.Catalog.FindNode(session.Node) ?? throw RegistryException.Server("Missing node registration");
        foreach (var id in session.CheckIds)
        {
            var check = node.Checks.GetValueOrDefault(id) ?? throw RegistryException.Server($"Missing check '{id}' registration");
            if (check.Status == HealthStatus.Critical)
            {
                throw RegistryException.Server($"Check '{id}' is in {check.Status} state");
            }
        }

        draft.Apply(new SessionBegun(session with { Node = node.Node.Name }));
        if (ttl > TimeSpan.Zero)
        {
            LeaseSweep.Begin(draft, new LeaseTerm(session.ID, LeaseKind.Session, SessionLimits.SilenceOf(ttl), session.ID));
        }
    }

    /// <summary>Ends those that are there, and with them their leases, and their hold of keys as each asked for.</summary>
    public static void EndSessions(this Draft draft, IReadOnlyList<string> ids)
    {
        if (ids.Count > 0)
        {
            draft.Apply(new SessionsEnded(ids, draft.Now));
        }
    }

    /// <summary>After a change of the node, or of a check of it: ends the sessions that stood on what is not there any more.</summary>
    public static void EndUnsupportedSessions(this Draft draft, string node)
    {
        var checks = draft.State.Catalog.FindNode(node)?.Checks;
        draft.EndSessions([.. draft.State.Sessions.OfNode(node)
            .Where(s => checks is null || s.CheckIds.Any(id => checks.GetValueOrDefault(id) is not { } check || check.Status == HealthStatus.Critical))
            .Select(s => s.ID)]);
    }
}

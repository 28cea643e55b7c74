using Saas.Registry.Sessions;

namespace Saas.Registry.State;

/// <param name="Session">Its index is not looked at.</param>
internal sealed record SessionBegun(Session Session) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Sessions.With(Session, index, touched));
}

/// <summary>
/// Sessions that ended together. What they held follows from the state and is not repeated here: a node that dies may
/// take thousands of them with it, and each may hold thousands of keys.
/// </summary>
/// <param name="Ids">In lower case.</param>
/// <param name="At">From here on the delay of their locks counts.</param>
internal sealed record SessionsEnded(IReadOnlyList<string> Ids, DateTimeOffset At) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched)
    {
        foreach (var id in Ids)
        {
            if (state.Sessions.Find(id) is { } session)
            {
                state = Ended(state, session, index, touched);
            }
        }

        return state;
    }

    private RegistryState Ended(RegistryState state, Session session, ulong index, ICollection<string> touched)
    {
        var held = state.Kv.HeldBy(session.ID);
        var kv = state.Kv.WithoutHolder(session.ID, session.DeletesKeys, index, touched);
        if (held.Count > 0 && session.LockDelay > TimeSpan.Zero)
        {
            kv = kv with { Delays = kv.Delays.With(held, At, At + session.LockDelay) };
        }

        return state.WithoutQueriesOf(session.ID, index, touched) with
        {
            Kv = kv,
            Sessions = state.Sessions.Without(session.ID, index, touched),
            Leases = state.Leases.Remove(session.ID),
        };
    }
}

internal sealed partial record RegistryState
{
    public SessionsState Sessions { get; init; } = SessionsState.Empty;

    public RegistryState With(SessionsState sessions) => ReferenceEquals(sessions, Sessions) ? this : this with { Sessions = sessions };
}

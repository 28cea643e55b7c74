using Saas.Registry.Events;

namespace Saas.Registry.State;

internal sealed record EventFired(UserEvent Event) : Change
{
    /// <summary>Events have ids of their own: one that is there already was fired by this very change.</summary>
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.Events.Recent.Exists(e => e.ID == Event.ID) ? state : state with { Events = state.Events.With(Event, index, touched) };
}

internal sealed partial record RegistryState
{
    public EventState Events { get; init; } = EventState.Empty;
}

namespace Saas.Registry.State;

internal sealed record LeaseBegun(LeaseTerm Term) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.Leases.TryGetValue(Term.Id, out var found) && found == Term ? state : state with { Leases = state.Leases.SetItem(Term.Id, Term) };
}

internal sealed record LeaseEnded(string Id) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.Leases.ContainsKey(Id) ? state with { Leases = state.Leases.Remove(Id) } : state;
}

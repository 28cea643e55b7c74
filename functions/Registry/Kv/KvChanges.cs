using Saas.Registry.Kv;

namespace Saas.Registry.State;

/// <param name="Entry">Its indexes are not looked at.</param>
internal sealed record KvPut(KvEntry Entry) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Kv.With(Entry, index, touched));
}

internal sealed record KvRemoved(string Key) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Kv.Without(Key, index, touched));
}

internal sealed record KvTreeRemoved(string Prefix) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Kv.WithoutPrefix(Prefix, index, touched));
}

internal sealed partial record RegistryState
{
    public KvState Kv { get; init; } = KvState.Empty;

    public RegistryState With(KvState kv) => ReferenceEquals(kv, Kv) ? this : this with { Kv = kv };
}

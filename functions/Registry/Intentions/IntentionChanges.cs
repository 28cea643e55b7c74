using System.Text.Json;
using Saas.Registry.Intentions;

namespace Saas.Registry.State;

internal sealed record IntentionPut(Intention Intention) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched)
    {
        if (state.Intentions.Find(Intention.SourceName, Intention.DestinationName) is { } found && IsSame(found, Intention))
        {
            return state;
        }

        touched.Add(RegistryState.IntentionsTopic);
        return state with { Intentions = state.Intentions.With(Intention, index) };
    }

    /// <summary>As they would be stored, but for the indexes: parts of parts have no equality of their own.</summary>
    private static bool IsSame(Intention a, Intention b) => Bytes(a).AsSpan().SequenceEqual(Bytes(b));

    private static byte[] Bytes(Intention i) =>
        JsonSerializer.SerializeToUtf8Bytes(i with { CreateIndex = 0, ModifyIndex = 0 }, StateJson.Default.Intention);
}

internal sealed record IntentionRemoved(string Source, string Destination) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched)
    {
        if (state.Intentions.Find(Source, Destination) is null)
        {
            return state;
        }

        touched.Add(RegistryState.IntentionsTopic);
        return state with { Intentions = state.Intentions.Without(Source, Destination, index) };
    }
}

internal sealed partial record RegistryState
{
    public const string IntentionsTopic = "intentions";

    public IntentionState Intentions { get; init; } = IntentionState.Empty;
}

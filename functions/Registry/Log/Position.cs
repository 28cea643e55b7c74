using Saas.Registry.State;

namespace Saas.Registry.Log;

/// <summary>How far a replica has come in the log, and the state there. Immutable.</summary>
/// <param name="Sequence">Of the last entry in it; 0: none.</param>
/// <param name="HeadETag">Of the head as it stood then; null: there was none.</param>
/// <param name="Behind">The newest snapshot known; null: none.</param>
/// <param name="TailBytes">Of the entries since that snapshot.</param>
internal sealed record Position(RegistryState State, long Sequence, string? HeadETag, SnapshotPointer? Behind, long TailBytes)
{
    public static readonly Position Start = new(RegistryState.Genesis, 0, null, null, 0);

    public long TailEntries => Sequence - (Behind?.Sequence ?? 0);
}

using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>What a key is to become, computed from what it is; computed again when somebody else changed it meanwhile.</summary>
/// <param name="Key">The unchanged key itself: nothing is written.</param>
internal readonly record struct KeyChange(TransitKey Key, params IReadOnlyList<NewVersion> Added);

/// <summary>A version to be stored with the change. The material stays the caller's.</summary>
internal readonly record struct NewVersion(TransitKeyVersion Version, KeyMaterial Material);

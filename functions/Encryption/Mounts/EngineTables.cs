namespace Saas.Encryption.Mounts;

/// <summary>
/// The tables an engine keeps the rows of a mount in, each in the partition <c>tenant|project|mount</c>: what has to be
/// emptied when a mount is disabled. Every engine registers its own.
/// </summary>
internal sealed record EngineTables(Engine Engine, params IReadOnlyList<string> Tables);

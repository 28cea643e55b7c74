using System.Collections.Immutable;

namespace Saas.Registry.State;

/// <summary>
/// What is known of an edge agent's messages: enough to tell a late one from a new one. It stays when the node is removed
/// from the catalog, or a late message could bring it back.
/// </summary>
/// <param name="Agent">The platform's node id, as authenticated.</param>
/// <param name="NodeName">The catalog's name of its node.</param>
/// <param name="Generation">Of the last full message applied.</param>
/// <param name="Sequence">Of the last change applied in that generation.</param>
internal sealed record AgentRegistration(string Agent, string NodeName, long Generation, long Sequence)
{
    /// <summary>The lease that its life signs renew: one a generation.</summary>
    public string LeaseId => $"agent:{Agent}:{Generation}";
}

internal sealed record AgentRecorded(AgentRegistration Registration) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.Agents.TryGetValue(Registration.Agent, out var found) && found == Registration
            ? state
            : state with { Agents = state.Agents.SetItem(Registration.Agent, Registration) };
}

internal sealed partial record RegistryState
{
    /// <summary>By the agent's node id.</summary>
    public ImmutableDictionary<string, AgentRegistration> Agents { get; init; } =
        ImmutableDictionary.Create<string, AgentRegistration>(StringComparer.Ordinal);
}

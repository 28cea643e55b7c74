namespace Saas.Identity.Access;

public enum AccessReason
{
    /// <summary>No statement allows it: the default.</summary>
    NothingAllows,

    /// <summary>A statement allows it and none denies it.</summary>
    Allowed,

    /// <summary>A statement denies it, whatever others allow.</summary>
    Denied,

    /// <summary>The resource is not of the only project the principal may see.</summary>
    OutsideProjectScope,

    /// <summary>Actions of the agents' channel are for agents.</summary>
    AgentsOnly,
}

/// <summary>A decision and what it rests on, for the audit log.</summary>
/// <param name="Policy">The policy whose statement decided; null where none did.</param>
/// <param name="Statement">Its place in the policy, from 0; -1 where none decided.</param>
public readonly record struct AccessDecision(AccessReason Reason, string? Policy, int Statement)
{
    public bool IsAllowed => Reason == AccessReason.Allowed;

    public static AccessDecision Without(AccessReason reason) => new(reason, null, -1);
}

namespace Saas.Hosting.Audit;

/// <summary>What a handler adds to the audit record of its call. Nothing secret: values are HMACed before.</summary>
/// <param name="ProjectId">The project acted in; null for what belongs to none.</param>
/// <param name="Request">JSON of what was asked, values HMACed; empty: not recorded.</param>
/// <param name="Response">JSON of what was answered, values HMACed; empty: not recorded.</param>
/// <param name="Error">What the client was told went wrong.</param>
public readonly record struct AuditDetails(
    string? ProjectId, ReadOnlyMemory<byte> Request = default, ReadOnlyMemory<byte> Response = default, string? Error = null);

using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Validation;

namespace Saas.Provisioning.Jobs.Dispatch;

/// <summary>Nomad's rules for what a dispatch may bring along.</summary>
internal static class DispatchRules
{
    /// <summary>Nomad's DispatchPayloadSizeLimit, before base 64.</summary>
    public const int MaxPayloadBytes = 16 * 1024;

    /// <returns>What is wrong first, or null.</returns>
    public static JobError? FaultOf(DispatchJobRequest request, ParameterizedJobConfig block) =>
        FaultOfPayload(request.Payload, block.Payload)
        ?? FaultOfMeta(request.Meta ?? new Dictionary<string, string>(), block)
        ?? (request.Priority is < 0 or > 100
            ? Invalid("Priority", $"Expected 1 to 100; {request.Priority} came.", "dispatch job priority must be between [1, 100]")
            : null);

    /// <param name="inNomad">Null: Nomad has no words for it.</param>
    public static JobError Invalid(string field, string detail, string? inNomad = null) => new(JobErrorKind.Invalid, detail) { Field = field, InNomad = inNomad };

    private static JobError? FaultOfPayload(string? payload, string? rule)
    {
        if (string.IsNullOrEmpty(payload))
        {
            return rule == PayloadRules.Required
                ? Invalid("Payload", "The job requires a payload; nothing came.", "Payload is not provided but required by parameterized job")
                : null;
        }

        if (rule == PayloadRules.Forbidden)
        {
            return Invalid("Payload", "The job forbids a payload.", "Payload provided but forbidden by parameterized job");
        }

        var bytes = new byte[payload.Length];
        return !Convert.TryFromBase64String(payload, bytes, out var length) ? Invalid("Payload", "Expected base 64.")
            : length > MaxPayloadBytes
                ? Invalid("Payload", $"Expected at most {MaxPayloadBytes} bytes; {length} came.", $"Payload exceeds maximum size; {length} > {MaxPayloadBytes}")
            : null;
    }

    private static JobError? FaultOfMeta(IReadOnlyDictionary<string, string> meta, ParameterizedJobConfig block)
    {
        var (required, optional) = (block.MetaRequired ?? [], block.MetaOptional ?? []);
        foreach (var (key, value) in meta)
        {
            if (!required.Contains(key, StringComparer.Ordinal) && !optional.Contains(key, StringComparer.Ordinal))
            {
                return Invalid(
                    "Meta", $"The job does not take the key {Quote.Of(key)}.", $"Dispatch request included unpermitted metadata keys: [{Quote.Of(key).Trim('\'')}]");
            }

            if (value is null || value.Length > JobLimits.MaxMetaValueLength || value.Contains('\0', StringComparison.Ordinal))
            {
                return Invalid("Meta", $"{Quote.Of(key)} has to be text of at most {JobLimits.MaxMetaValueLength} characters without NUL.");
            }
        }

        return required.FirstOrDefault(key => !meta.ContainsKey(key)) is { } missing
            ? Invalid("Meta", $"The job requires the key {Quote.Of(missing)}.", $"Dispatch did not provide required meta keys: [{missing}]")
            : null;
    }
}

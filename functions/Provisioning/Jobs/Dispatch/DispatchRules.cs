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
        FaultOfPayload(request.Payload, block.Payload) is { } payload ? Invalid("Payload", payload)
        : FaultOfMeta(request.Meta ?? new Dictionary<string, string>(), block) is { } meta ? Invalid("Meta", meta)
        : request.Priority is < 0 or > 100 ? Invalid("Priority", $"Expected 1 to 100; {request.Priority} came.")
        : null;

    public static JobError Invalid(string field, string detail) => new(JobErrorKind.Invalid, detail) { Field = field };

    private static string? FaultOfPayload(string? payload, string? rule)
    {
        if (string.IsNullOrEmpty(payload))
        {
            return rule == PayloadRules.Required ? "The job requires a payload; nothing came." : null;
        }

        if (rule == PayloadRules.Forbidden)
        {
            return "The job forbids a payload.";
        }

        var bytes = new byte[payload.Length];
        return !Convert.TryFromBase64String(payload, bytes, out var length) ? "Expected base 64."
            : length > MaxPayloadBytes ? $"Expected at most {MaxPayloadBytes} bytes; {length} came."
            : null;
    }

    private static string? FaultOfMeta(IReadOnlyDictionary<string, string> meta, ParameterizedJobConfig block)
    {
        var (required, optional) = (block.MetaRequired ?? [], block.MetaOptional ?? []);
        foreach (var (key, value) in meta)
        {
            if (!required.Contains(key, StringComparer.Ordinal) && !optional.Contains(key, StringComparer.Ordinal))
            {
                return $"The job does not take the key {Quote.Of(key)}.";
            }

            if (value is null || value.Length > JobLimits.MaxMetaValueLength || value.Contains('\0', StringComparison.Ordinal))
            {
                return $"{Quote.Of(key)} has to be text of at most {JobLimits.MaxMetaValueLength} characters without NUL.";
            }
        }

        return required.FirstOrDefault(key => !meta.ContainsKey(key)) is { } missing ? $"The job requires the key {Quote.Of(missing)}." : null;
    }
}

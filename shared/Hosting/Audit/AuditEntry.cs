using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Hosting.Audit;

/// <summary>What happened, before it has its place in the log.</summary>
public sealed record AuditEvent
{
    /// <summary>One of <see cref="AuditKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>apikey</c>, <c>agent</c> or <c>anonymous</c>.</summary>
    public required string ActorKind { get; init; }

    /// <summary>Id of the key or node; <c>*</c> for all agents together.</summary>
    public required string ActorId { get; init; }

    public string? ActorName { get; init; }

    /// <summary><c>jobs:submit</c></summary>
    public required string Action { get; init; }

    /// <summary>Null where calls are counted together.</summary>
    public string? Resource { get; init; }

    /// <summary>Method and pattern of the route.</summary>
    public string? Route { get; init; }

    /// <summary>The HTTP status answered.</summary>
    public int? Status { get; init; }

    /// <summary>Of the client.</summary>
    public string? Address { get; init; }

    public string? TraceId { get; init; }

    /// <summary>How many calls the entry stands for.</summary>
    public long Count { get; init; } = 1;

    public string? ProjectId { get; init; }

    /// <summary>What was wrong, in a few words without anything that was sent; null where all went well.</summary>
    public string? Error { get; init; }

    /// <summary>What was asked for, its values redacted (<see cref="AuditValues"/>).</summary>
    public RawJson? Request { get; init; }

    /// <summary>What was answered, its values redacted.</summary>
    public RawJson? Response { get; init; }
}

public static class AuditKinds
{
    /// <summary>A call that may have changed something, with the status it was answered.</summary>
    public const string Call = "call";

    /// <summary>A call that policies did not permit.</summary>
    public const string Denied = "denied";

    /// <summary>Permitted calls that change nothing, of one actor and action, counted over a minute.</summary>
    public const string Reads = "reads";
}

/// <summary>
/// An entry of a tenant's audit log. Its canonical bytes are its JSON as <see cref="Canonical"/> writes it: members in
/// the order declared here, null ones left out, no white space, all but ASCII escaped. That order must not change.
/// </summary>
/// <param name="Sequence">From 1, without a gap.</param>
/// <param name="Previous">SHA-256 of the entry before, lower-case hexadecimal; zeros for the first.</param>
public sealed record AuditEntry(long Sequence, string Previous, DateTimeOffset At, AuditEvent Event)
{
    /// <summary>What the first entry has as <see cref="Previous"/>.</summary>
    public static readonly string Genesis = new('0', 64);

    public byte[] Canonical() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.AuditEntry);

    public static string HashOf(ReadOnlySpan<byte> canonical) => Convert.ToHexStringLower(SHA256.HashData(canonical));
}

/// <summary>The end of a log: keep one to show later that nothing before it was changed or cut off.</summary>
/// <param name="Sequence">0 for an empty log.</param>
/// <param name="Hash">Of the entry with that sequence.</param>
public sealed record AuditHead(long Sequence, string Hash)
{
    public static readonly AuditHead Empty = new(0, AuditEntry.Genesis);
}

/// <param name="Hash">SHA-256 of its canonical bytes, lower-case hexadecimal.</param>
public sealed record AuditRecord(AuditEntry Entry, string Hash);

/// <param name="Next">The sequence to go on from; null at the end of the log.</param>
public sealed record AuditPage(IReadOnlyList<AuditRecord> Records, long? Next);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEvent))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(AuditHead))]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(AuditPage))]
public sealed partial class AuditJson : JsonSerializerContext;

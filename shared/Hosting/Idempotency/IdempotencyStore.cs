using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Storage.Tables;

namespace Saas.Hosting.Idempotency;

/// <summary>
/// Claims and stored responses. A claim is an insert, so of two requests with one key one runs. A claim whose request
/// neither completed nor released it (a crash) may be taken over after <see cref="ClaimTime"/>. Beside each row stands
/// one that sorts by its end, for removing what has expired without reading what has not.
/// </summary>
internal sealed class IdempotencyStore(TimeProvider time)
{
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int PurgeBatch = 30;

    /// <summary>Tenants whose next purge is remembered.</summary>
    private const int MaxPurgeTimes = 10_000;

    private const string KeyPrefix = "key|";
    private const string EndPrefix = "end|";

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _nextPurge = new(StringComparer.Ordinal);

    public async Task<ClaimResult> ClaimAsync(
        TablePartition rows, IdempotencyKey key, byte[] fingerprint, CancellationToken ct)
    {
        await PurgeAsync(rows, ct);
        while (true)
        {
            var now = time.GetUtcNow();
            var found = await rows.GetAsync(RowOf(key), IdempotencyJson.Default.IdempotencyRecord, ct);
            if (found is not null && found.Value.ExpiresAt > now && Existing(found.Value, key, fingerprint, now) is { } known)
            {
                return known;
            }

            var claim = new IdempotencyRecord(fingerprint, now + ClaimTime, now + Lifetime);
            var value = TablePartition.Bytes(claim, IdempotencyJson.Default.IdempotencyRecord);
            var result = await rows.WriteBatchAsync(
                [
                    found is null ? TableWrite.Insert(RowOf(key), value) : TableWrite.Replace(RowOf(key), value, found.ETag),
                    TableWrite.Upsert(EndRow(claim.ExpiresAt, key.Row), "{}"u8.ToArray()),
                ],
                ct);
            if (result.IsDone)
            {
                return new ClaimResult.Claimed(new Claim(rows, key, claim, result.ETags[0]!));
            }
        }
    }

    /// <summary>Stores the response for who asks again. False: the claim had run out and another has it.</summary>
    public static async Task<bool> CompleteAsync(Claim claim, StoredResponse response)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(response, IdempotencyJson.Default.StoredResponse);
        var record = claim.Record with { Response = claim.Key.Seal(plain) };
        var value = TablePartition.Bytes(record, IdempotencyJson.Default.IdempotencyRecord);
        if (value.Length > TableLimits.MaxValueBytes)
        {
            return await ReleaseAsync(claim);
        }

        return (await claim.Rows.WriteAsync(TableWrite.Replace(RowOf(claim.Key), value, claim.ETag), CancellationToken.None)).IsDone;
    }

    /// <summary>Nothing was done: the same key may be tried again at once.</summary>
    public static async Task<bool> ReleaseAsync(Claim claim) =>
        (await claim.Rows.WriteAsync(TableWrite.Delete(RowOf(claim.Key), claim.ETag), CancellationToken.None)).IsDone;

    /// <summary>Null where the claim was left by a crash: it is for whoever comes.</summary>
    private static ClaimResult? Existing(IdempotencyRecord record, IdempotencyKey key, byte[] fingerprint, DateTimeOffset now)
    {
        if (!CryptographicOperations.FixedTimeEquals(record.Fingerprint, fingerprint))
        {
            return new ClaimResult.OtherRequest();
        }

        if (record.Response is { } box)
        {
            var response = JsonSerializer.Deserialize(key.Open(box), IdempotencyJson.Default.StoredResponse);
            return new ClaimResult.Replay(response ?? throw new InvalidDataException("A stored response is null."));
        }

        return record.ClaimedUntil > now ? new ClaimResult.Running(record.ClaimedUntil - now) : null;
    }

    private async Task PurgeAsync(TablePartition rows, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (_nextPurge.TryGetValue(rows.Key, out var next) && next > now)
        {
            return;
        }

        if (_nextPurge.Count >= MaxPurgeTimes)
        {
            _nextPurge.Clear();
        }

        _nextPurge[rows.Key] = now + PurgeInterval;
        var page = await rows.QueryAsync(new RowRange(EndPrefix, EndRow(now, "")), PurgeBatch, null, ct);
        foreach (var end in page.Rows)
        {
            var row = KeyPrefix + end.Row[(end.Row.LastIndexOf('|') + 1)..];
            var record = await rows.GetAsync(row, IdempotencyJson.Default.IdempotencyRecord, ct);
            if (record is not null && record.Value.ExpiresAt <= now)
            {
                await rows.WriteBatchAsync([TableWrite.Delete(end.Row), TableWrite.Delete(row, record.ETag)], ct);
            }
            else
            {
                await rows.WriteAsync(TableWrite.Delete(end.Row), ct);
            }
        }

        if (page.Rows.Count == PurgeBatch)
        {
            _nextPurge.TryRemove(rows.Key, out _);
        }
    }

    private static string RowOf(IdempotencyKey key) => KeyPrefix + key.Row;

    private static string EndRow(DateTimeOffset at, string row) => $"{EndPrefix}{at.UtcTicks:D19}|{row}";
}

/// <summary>The right to run a request.</summary>
internal sealed record Claim(TablePartition Rows, IdempotencyKey Key, IdempotencyRecord Record, string ETag);

internal abstract record ClaimResult
{
    public sealed record Claimed(Claim Claim) : ClaimResult;

    public sealed record Replay(StoredResponse Response) : ClaimResult;

    /// <summary>The first request with the key has not ended.</summary>
    public sealed record Running(TimeSpan Left) : ClaimResult;

    /// <summary>The key was used for another request.</summary>
    public sealed record OtherRequest : ClaimResult;
}

/// <param name="Response">Sealed; null while the request runs.</param>
internal sealed record IdempotencyRecord(
    byte[] Fingerprint, DateTimeOffset ClaimedUntil, DateTimeOffset ExpiresAt, byte[]? Response = null);

// Null is left out: generated code would write a null byte[] as an empty string.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IdempotencyRecord))]
[JsonSerializable(typeof(StoredResponse))]
internal sealed partial class IdempotencyJson : JsonSerializerContext;

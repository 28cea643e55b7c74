using System.Buffers.Binary;
using Saas.Registry.State;
using Saas.Storage.Tables;

namespace Saas.Registry.Log;

/// <summary>
/// Renews leases and ends those that nobody renews. A renewal writes the lease's own row and nothing else. Each replica
/// measures, on its monotonic clock, for how long a row has not changed; no clock that is set while it runs can end a lease.
/// What ends one is a command whose batch deletes the row as it was last read, so that a renewal that was acknowledged
/// before makes the batch fail, and one that comes after finds no row.
/// </summary>
internal sealed class LeaseSweep(Replica replica, LogStore log, SteadyClock clock)
{
    /// <summary>A replica that has just been loaded grants every lease so long, whatever the clocks say.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Rows of leases that ended without theirs are removed once they are so old: a lease may be just beginning.</summary>
    private static readonly TimeSpan MaxOrphanAge = TimeSpan.FromHours(1);

    private const int MaxTries = 8;

    /// <summary>Rows of leases that ended otherwise than by silence, removed in one pass.</summary>
    private const int MaxRemoved = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();
    private System.Collections.Immutable.ImmutableDictionary<string, LeaseTerm>? _followed;

    /// <summary>For the command that begins a lease: its first renewal.</summary>
    public static void Begin(Draft draft, LeaseTerm term)
    {
        draft.Apply(new LeaseBegun(term));
        draft.Guard(TableWrite.Upsert(LogRows.Renewal(term.Id), Stamp(draft.Now)));
    }

    /// <summary>False: the lease has ended.</summary>
    public async Task<bool> RenewAsync(string leaseId, CancellationToken ct)
    {
        var state = await replica.ReadAsync(ct);
        if (!state.Leases.TryGetValue(leaseId, out var term))
        {
            return false;
        }

        var row = LogRows.Renewal(leaseId);
        var etag = ETagOf(leaseId);
        for (var i = 0; i < MaxTries; i++)
        {
            etag ??= (await log.Partition.GetAsync(row, ct))?.ETag;
            if (etag is null)
            {
                return false;
            }

            var written = await log.Partition.WriteAsync(TableWrite.Replace(row, Stamp(clock.UtcNow), etag), ct);
            switch (written.Outcome)
            {
                case WriteOutcome.Done:
                    Heard(term, written.ETag!, clock.Time.GetTimestamp(), TimeSpan.Zero);
                    return true;
                case WriteOutcome.NotFound:
                    return false;
                default:
                    // Somebody else renewed it meanwhile.
                    etag = null;
                    break;
            }
        }

        return true;
    }

    /// <summary>Leases that are new begin to be watched, and those that ended are forgotten.</summary>
    public void Follow(RegistryState state)
    {
        if (ReferenceEquals(state.Leases, _followed))
        {
            return;
        }

        var now = clock.Time.GetTimestamp();
        lock (_gate)
        {
            _followed = state.Leases;
            foreach (var term in state.Leases.Values)
            {
                _known.TryAdd(term.Id, new Known(null, now, TimeSpan.Zero));
            }

            foreach (var id in _known.Keys.Where(id => !state.Leases.ContainsKey(id)).ToList())
            {
                _known.Remove(id);
                _ended.Enqueue(id);
            }
        }
    }

    /// <summary>At the load of a replica: how long each lease has been silent by the clocks of those who renewed it.</summary>
    public async Task LoadAsync(RegistryState state, CancellationToken ct)
    {
        var rows = new Dictionary<string, TableRow>(StringComparer.Ordinal);
        await foreach (var row in log.Partition.ReadAllAsync(LogRows.Renewals, ct))
        {
            rows[row.Row] = row;
        }

        var now = clock.Time.GetTimestamp();
        lock (_gate)
        {
            foreach (var term in state.Leases.Values)
            {
                var row = rows.GetValueOrDefault(LogRows.Renewal(term.Id));
                var silence = row is null ? TimeSpan.Zero : clock.UtcNow - At(row);
                var most = term.Silence - Grace;
                _known[term.Id] = new Known(row?.ETag, now, silence < TimeSpan.Zero || most < TimeSpan.Zero ? TimeSpan.Zero : silence < most ? silence : most);
            }
        }

        Follow(state);
        var kept = state.Leases.Keys.Select(LogRows.Renewal).ToHashSet(StringComparer.Ordinal);
        foreach (var orphan in rows.Values.Where(row => !kept.Contains(row.Row) && clock.UtcNow - At(row) > MaxOrphanAge))
        {
            await log.Partition.WriteAsync(TableWrite.Delete(orphan.Row, orphan.ETag), ct);
        }
    }

    /// <summary>Ends what has been silent for too long.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await RemoveEndedAsync(ct);
        foreach (var term in Due())
        {
            var row = await log.Partition.GetAsync(LogRows.Renewal(term.Id), ct);
            if (row is not null && row.ETag != ETagOf(term.Id))
            {
                // Renewed, through another instance. For how long it has been silent since, only what passed here can tell for sure.
                var since = clock.UtcNow - At(row);
                Heard(term, row.ETag, clock.Time.GetTimestamp(), since);
                continue;
            }

            await EndAsync(term, row);
        }
    }

    /// <summary>Ids are never used again, so their rows can go whoever wrote them last. What is missed here is an orphan of the next load.</summary>
    private async Task RemoveEndedAsync(CancellationToken ct)
    {
        for (var i = 0; i < MaxRemoved && TakeEnded() is { } id; i++)
        {
            await log.Partition.WriteAsync(TableWrite.Delete(LogRows.Renewal(id)), ct);
        }
    }

    private string? TakeEnded()
    {
        lock (_gate)
        {
            return _ended.TryDequeue(out var id) ? id : null;
        }
    }

    private async Task EndAsync(LeaseTerm term, TableRow? row)
    {
        try
        {
            await replica.ExecuteAsync(draft =>
            {
                if (draft.State.Leases.ContainsKey(term.Id))
                {
                    LeaseEnding.End(draft, term);
                    if (row is not null)
                    {
                        draft.Guard(TableWrite.Delete(row.Row, row.ETag));
                    }
                }

                return true;
            });
        }
        catch (GuardFailedException)
        {
            // It was renewed in the last moment: it will be looked at again.
            Heard(term, "", clock.Time.GetTimestamp(), TimeSpan.Zero);
        }
    }

    private List<LeaseTerm> Due()
    {
        lock (_gate)
        {
            return _followed is not { } terms
                ? []
                : [.. _known.Where(k => terms.ContainsKey(k.Key)).Select(k => (Term: terms[k.Key], k.Value))
                    .Where(k => clock.Time.GetElapsedTime(k.Value.At) + k.Value.SilentBefore >= k.Term.Silence)
                    .Select(k => k.Term)];
        }
    }

    private string? ETagOf(string leaseId)
    {
        lock (_gate)
        {
            return _known.TryGetValue(leaseId, out var known) && known.ETag is { Length: > 0 } etag ? etag : null;
        }
    }

    /// <param name="silentBefore">Already at <paramref name="at"/>; at most what passed here since it was last heard.</param>
    private void Heard(LeaseTerm term, string etag, long at, TimeSpan silentBefore)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(term.Id, out var known))
            {
                return;
            }

            var most = clock.Time.GetElapsedTime(known.At, at);
            var silent = silentBefore < TimeSpan.Zero ? TimeSpan.Zero : silentBefore < most ? silentBefore : most;
            _known[term.Id] = new Known(etag, at, silent);
        }
    }

    private static byte[] Stamp(DateTimeOffset now)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(value, now.UtcTicks);
        return value;
    }

    private static DateTimeOffset At(TableRow row) => new(BinaryPrimitives.ReadInt64BigEndian(row.Value.Span), TimeSpan.Zero);

    /// <param name="ETag">Of the renewal row as last seen; null: never seen.</param>
    /// <param name="At">When it was heard, by the monotonic clock.</param>
    /// <param name="SilentBefore">For how long it had been silent at that time.</param>
    private readonly record struct Known(string? ETag, long At, TimeSpan SilentBefore);
}

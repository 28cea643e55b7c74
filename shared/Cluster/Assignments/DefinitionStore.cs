using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Cluster.Assignments;

/// <summary>
/// The leader's hand on a cell's definitions: puts in what documents are about to name, and takes out what none names
/// any more. Both are fenced as documents are; else a deposed leader that prunes late could take a definition from under
/// the documents of the newer. Not safe for concurrent use.
/// </summary>
public sealed class DefinitionStore(TablePartition partition, long epoch, TimeProvider time)
{
    private readonly FencedShards _fence = new([partition], epoch);

    /// <summary>Known to be there, with the timestamp when somebody last needed it here.</summary>
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    /// <summary>False: a newer epoch owns the cell.</summary>
    public ValueTask<bool> ClaimAsync(CancellationToken ct) => _fence.ClaimAsync(ct);

    /// <summary>Takes down what documents name: it is there already, and need not be written.</summary>
    public void Note(IEnumerable<string> hashes)
    {
        foreach (var hash in hashes)
        {
            _known[hash] = time.GetTimestamp();
        }
    }

    /// <summary>Whether it is known to be there. Does not keep it from being pruned: that is <see cref="EnsureAsync"/>'s.</summary>
    public bool Has(string hash) => _known.ContainsKey(hash);

    /// <summary>
    /// Makes the definitions durable, those that are not known to be. Done: documents that name them may be written
    /// within the minimum age that <see cref="PruneAsync"/> is given.
    /// </summary>
    /// <returns><see cref="FencedOutcome.Done"/> or <see cref="FencedOutcome.Deposed"/>.</returns>
    public async ValueTask<FencedOutcome> EnsureAsync(IEnumerable<Definition> definitions, CancellationToken ct)
    {
        var missing = new Dictionary<string, Definition>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            if (_known.ContainsKey(definition.Hash))
            {
                _known[definition.Hash] = time.GetTimestamp();
            }
            else
            {
                missing[definition.Hash] = definition;
            }
        }

        if (missing.Count == 0)
        {
            return FencedOutcome.Done;
        }

        // An upsert puts the very text there that is there: no need to tell new from known.
        var writes = missing.Values.Select(static definition => new ShardWrite(0, TableWrite.Upsert(definition.Hash, definition.Json)));
        var results = await _fence.WriteAsync([.. writes], ct);
        if (results.Any(static result => result.Outcome == FencedOutcome.Deposed))
        {
            return FencedOutcome.Deposed;
        }

        Note(missing.Keys);
        return FencedOutcome.Done;
    }

    /// <summary>
    /// Deletes what is not named, once nobody here has needed it for <paramref name="minAge"/>. What is met for the first
    /// time is only taken down: its age is not known, and counts from now.
    /// </summary>
    /// <param name="named">By every document of the cell, as this leader last wrote or read it.</param>
    /// <param name="minAge">Longer than it takes from ensuring a definition to the last document that names it.</param>
    public async ValueTask<PruneResult> PruneAsync(IReadOnlySet<string> named, TimeSpan minAge, CancellationToken ct)
    {
        var now = time.GetTimestamp();
        var deletes = new List<ShardWrite>();
        await foreach (var row in partition.ReadAllAsync(RowRange.All, ct))
        {
            if (row.Row == FencedPartition.FenceRow || named.Contains(row.Row) || _known.TryAdd(row.Row, now)
                || time.GetElapsedTime(_known[row.Row], now) < minAge)
            {
                continue;
            }

            // Forgotten first: should the outcome stay unknown, whoever needs it writes it again.
            _known.Remove(row.Row);
            deletes.Add(new ShardWrite(0, TableWrite.Delete(row.Row, row.ETag)));
        }

        var results = await _fence.WriteAsync(deletes, ct);
        return new PruneResult(
            results.Any(static result => result.Outcome == FencedOutcome.Deposed) ? FencedOutcome.Deposed : FencedOutcome.Done,
            results.Count(static result => result.Outcome == FencedOutcome.Done));
    }
}

/// <param name="Outcome"><see cref="FencedOutcome.Done"/> or <see cref="FencedOutcome.Deposed"/>.</param>
public readonly record struct PruneResult(FencedOutcome Outcome, int Removed);

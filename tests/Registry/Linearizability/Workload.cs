using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Linearizability;

/// <summary>
/// Clients that read and write the same few keys through several instances at once, and remember what they asked and heard.
/// </summary>
internal sealed class Workload
{
    public const int Groups = 3;

    private readonly ConcurrentQueue<(int Group, Op Op)> _ops = new();
    private readonly ConcurrentDictionary<(int Group, int Key, Seen Seen), ulong> _indexes = new();
    private readonly ConcurrentQueue<string> _contradictions = new();
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<(string Id, bool Deletes)> _sessions = [];
    private readonly Func<int, HttpClient?> _instance;
    private readonly string _readOptions;
    private int _values;

    private const int Foreign = -2;

    /// <param name="instance">A client of some instance, by a random number; null: it is down just now.</param>
    /// <param name="readOptions">How reads are asked for: <c>consistent</c>.</param>
    public Workload(Func<int, HttpClient?> instance, string readOptions) => (_instance, _readOptions) = (instance, readOptions);

    /// <summary>Makes the sessions; without lock-delay, which is a matter of time.</summary>
    public async Task PrepareAsync(HttpClient client, int sessions)
    {
        for (var i = 0; i < sessions; i++)
        {
            var deletes = i % 3 == 2;
            var id = await client.SessionAsync($$"""{"LockDelay":"0s","Behavior":"{{(deletes ? "delete" : "release")}}"}""");
            _sessions.Add((id, deletes));
            _numbers[id] = i;
        }
    }

    public Task RunAsync(int clients, int calls, int seed) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(c => Task.Run(() => ClientAsync(c, calls, new Random((seed * 1000) + c)))));

    /// <summary>As fast as a customer may whose rate is limited.</summary>
    public Task RunUntilAsync(int clients, int seed, CancellationToken until) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(c => Task.Run(() => ClientUntilAsync(c, new Random((seed * 1000) + c), until))));

    /// <summary>What was heard that cannot be, however it is ordered; null: nothing.</summary>
    public string? Violation()
    {
        if (_contradictions.TryDequeue(out var contradiction))
        {
            return contradiction;
        }

        for (var group = 0; group < Groups; group++)
        {
            var history = HistoryOf(group);
            if ((LockIntervals.Violation(history.Ops) ?? LinearizabilityChecker.Violation(history)) is { } violation)
            {
                return $"Group {group}: {violation}\n{string.Join('\n', history.Ops)}";
            }
        }

        return null;
    }

    /// <summary>How many calls were heard of, and how many not.</summary>
    public (int Known, int Unknown) Count => (_ops.Count(o => !o.Op.IsUnknown), _ops.Count(o => o.Op.IsUnknown));

    private History HistoryOf(int group) => new(
        [.. _ops.Where(o => o.Group == group || o.Op.Kind == OpKind.Destroy).Select(o => o.Op).OrderBy(o => o.Call)],
        _indexes.Where(i => i.Key.Group == group).ToDictionary(i => (i.Key.Key, i.Key.Seen), i => i.Value));

    private Task ClientAsync(int client, int calls, Random random) => ClientAsync(client, calls, random, new ulong[Groups, 2]);

    /// <param name="known">The index of each key as last read: what a cas goes by.</param>
    private async Task ClientAsync(int client, int calls, Random random, ulong[,] known)
    {
        for (var i = 0; i < calls; i++)
        {
            if (_instance(random.Next()) is not { } http)
            {
                await Task.Delay(5);
                continue;
            }

            var group = random.Next(Groups);
            await CallAsync(http, client, group, Choose(random, known, group), known);
        }
    }

    private async Task ClientUntilAsync(int client, Random random, CancellationToken until)
    {
        var known = new ulong[Groups, 2];
        while (!until.IsCancellationRequested)
        {
            await ClientAsync(client, 1, random, known);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private Op Choose(Random random, ulong[,] known, int group)
    {
        var key = random.Next(2);
        var session = random.Next(_sessions.Count);
        return random.Next(100) switch
        {
            < 28 => new Op(OpKind.Read, key),
            < 36 => new Op(OpKind.ReadAll),
            < 48 => new Op(OpKind.Put, key) { Value = NewValue() },
            < 60 => new Op(OpKind.Cas, key) { Value = NewValue(), Index = known[group, key] },
            < 74 => new Op(OpKind.Acquire, key) { Value = NewValue(), Session = session },
            < 82 => new Op(OpKind.Release, key) { Value = NewValue(), Session = session },
            < 85 => new Op(OpKind.Delete, key),
            < 88 => new Op(OpKind.DeleteCas, key) { Index = known[group, key] },
            < 89 => new Op(OpKind.Destroy) { Session = session, Deletes = _sessions[session].Deletes },
            _ => new Op(OpKind.Txn)
            {
                Parts =
                [
                    new Op(OpKind.Cas, key) { Value = NewValue(), Index = known[group, key] },
                    new Op(OpKind.Put, 1 - key) { Value = NewValue() },
                ],
            },
        };
    }

    private string NewValue() => $"v{Interlocked.Increment(ref _values)}";

    private async Task CallAsync(HttpClient http, int client, int group, Op op, ulong[,] known)
    {
        var call = Stopwatch.GetTimestamp();
        Reply reply;
        try
        {
            reply = await SendAsync(http, group, op);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Record(group, op with { Client = client, Call = call });
            return;
        }

        if (reply.Status == 429)
        {
            // Refused before anything was done.
            return;
        }

        var heard = op with { Client = client, Call = call, Return = Stopwatch.GetTimestamp() };
        Record(group, Heard(heard, reply, group, known));
    }

    /// <summary>Of a read that failed nothing is known and nothing follows.</summary>
    private void Record(int group, Op op)
    {
        if (!op.IsUnknown || op.Kind is not (OpKind.Read or OpKind.ReadAll))
        {
            _ops.Enqueue((group, op.IsUnknown ? op with { Return = long.MaxValue } : op));
        }
    }

    private async Task<Reply> SendAsync(HttpClient http, int group, Op op)
    {
        var path = $"/v1/kv/{KeyName(group, op.Key)}";
        return op.Kind switch
        {
            OpKind.Read => await http.AskAsync($"{path}?{_readOptions}"),
            OpKind.ReadAll => await http.AskAsync($"/v1/kv/g{group}/?recurse&{_readOptions}"),
            OpKind.Put => await http.TellAsync(path, op.Value),
            OpKind.Cas => await http.TellAsync($"{path}?cas={op.Index}", op.Value),
            OpKind.Acquire => await http.TellAsync($"{path}?acquire={_sessions[op.Session].Id}", op.Value),
            OpKind.Release => await http.TellAsync($"{path}?release={_sessions[op.Session].Id}", op.Value),
            OpKind.Delete => await http.CallAsync("DELETE", path),
            OpKind.DeleteCas => await http.CallAsync("DELETE", $"{path}?cas={op.Index}"),
            OpKind.Destroy => await http.TellAsync($"/v1/session/destroy/{_sessions[op.Session].Id}"),
            _ => await http.TellAsync("/v1/txn", "[" + string.Join(',', op.Parts.Select(part => PartOf(group, part))) + "]"),
        };
    }

    private static string KeyName(int group, int key) => $"g{group}/{key}";

    private static string PartOf(int group, Op part) =>
        $$$"""{"KV":{"Verb":"{{{(part.Kind == OpKind.Put ? "set" : "cas")}}}","Key":"{{{KeyName(group, part.Key)}}}","Index":{{{part.Index}}},"Value":"{{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(part.Value))}}}" } }""";

    private Op Heard(Op op, Reply reply, int group, ulong[,] known)
    {
        switch (op.Kind)
        {
            case OpKind.Read or OpKind.ReadAll when reply.Status is 200 or 404:
                var pairs = reply.Status == 404 ? [] : reply.Pairs;
                return op with
                {
                    Outcome = Outcome.True,
                    Reads = op.Kind == OpKind.Read ? [See(pairs, group, op.Key, known)] : [See(pairs, group, 0, known), See(pairs, group, 1, known)],
                };
            case OpKind.Txn when reply.Status is 200 or 409:
                var failed = reply.Status == 200
                    ? []
                    : reply.Json.GetProperty("Errors").EnumerateArray().Select(e => e.GetProperty("OpIndex").GetInt32()).ToHashSet();
                return op with
                {
                    Outcome = reply.Status == 200 ? Outcome.True : Outcome.False,
                    Parts = [.. op.Parts.Select((part, i) => part with { Outcome = failed.Contains(i) ? Outcome.False : Outcome.True })],
                };
            case OpKind.Acquire when reply.Status == 500 && reply.Text.StartsWith("invalid session", StringComparison.Ordinal):
                return op with { Outcome = Outcome.NoSession };
            case not (OpKind.Read or OpKind.ReadAll or OpKind.Txn) when reply.Status == 200:
                return op with { Outcome = reply.Text == "true" ? Outcome.True : Outcome.False };
            default:
                return op;
        }
    }

    private Seen? See(IReadOnlyList<KvPair> pairs, int group, int key, ulong[,] known)
    {
        var pair = pairs.FirstOrDefault(p => p.Key == KeyName(group, key));
        known[group, key] = pair?.ModifyIndex ?? 0;
        if (pair is null)
        {
            return null;
        }

        // A session of an earlier workload can only be seen by a stale read, and no order of this one's calls explains it.
        var seen = new Seen(pair.Value ?? "", pair.Session is { } id ? _numbers.GetValueOrDefault(id, Foreign) : -1);
        var index = _indexes.GetOrAdd((group, key, seen), pair.ModifyIndex);
        if (index != pair.ModifyIndex)
        {
            _contradictions.Enqueue($"{KeyName(group, key)} was seen as {seen} with the indexes {index} and {pair.ModifyIndex}: one write took place twice");
        }

        return seen;
    }
}

using System.Text;
using System.Text.Json;
using Saas.Registry.Consul;
using Saas.Registry.Kv;
using Saas.Registry.Log;
using Saas.Registry.Sessions;
using Saas.Registry.State;

namespace Saas.Registry.Tests.Kv;

/// <summary>The state of keys and sessions against a naive model, through the log and through snapshots.</summary>
public sealed class KvStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_commands_agree_with_a_sorted_list_and_indexes_never_go_back(int seed)
    {
        var random = new Random(seed);
        var state = RegistryState.Genesis;
        var model = new SortedDictionary<string, KvEntry>(Comparer<string>.Create(
            (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))));
        string[] prefixes = ["", "a", "a/", "b/\U0001F600", "b/\uFFFD", "zz"];
        var last = prefixes.ToDictionary(p => p, _ => 0UL, StringComparer.Ordinal);
        for (var i = 0; i < 2000; i++)
        {
            var (key, prefix) = (KeyOf(random), prefixes[random.Next(1, prefixes.Length)]);
            var before = state;
            var what = random.Next(20);
            var draft = new Draft(state, Now);
            if (what == 0)
            {
                draft.DeleteKeys(prefix);
                model.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToList().ForEach(k => model.Remove(k));
            }
            else if (what < 6)
            {
                draft.DeleteKey(key);
                model.Remove(key);
            }
            else
            {
                draft.SetKey(new KvEntry { Key = key, Value = [(byte)random.Next(3)] });
                model[key] = draft.State.Kv.Find(key)!;
            }

            state = draft.State;
            foreach (var p in prefixes)
            {
                var index = state.Kv.IndexOfPrefix(p);
                var expected = model.Where(e => e.Key.StartsWith(p, StringComparison.Ordinal)).Select(e => e.Value).ToList();
                Assert.Equal(expected, state.Kv.Entries.WithPrefix(p));
                Assert.Equal(Expected(expected), state.Kv.Entries.MaxIndexOf(p));
                Assert.True(index >= last[p]);
                var changed = !expected.SequenceEqual(before.Kv.Entries.WithPrefix(p));
                Assert.Equal(changed, index == draft.Index);
                last[p] = index;
            }

            Assert.Equal(model.Values.Sum(e => e.Bytes), state.Kv.Bytes);
        }
    }

    [Fact]
    public void Deletions_are_forgotten_in_halves_and_the_floor_stands_for_them()
    {
        var state = RegistryState.Genesis;
        for (var i = 0; i < KvState.MaxGraves + 1; i++)
        {
            state = Run(state, d => d.SetKey(new KvEntry { Key = $"k{i}" }));
            state = Run(state, d => d.DeleteKey($"k{i}"));
        }

        Assert.Equal(KvState.MaxGraves / 2, state.Kv.Graves.Count);
        Assert.Equal(state.Kv.Floor, state.Kv.IndexOf("k0"));
        Assert.Equal(state.Index, state.Kv.IndexOf($"k{KvState.MaxGraves}"));
        Assert.True(state.Kv.Floor < state.Kv.Graves.WithPrefix("").Min(g => g.ModifyIndex));
        Assert.Equal(state.Index, state.Kv.IndexOfPrefix("k"));
    }

    [Fact]
    public void Commands_in_the_log_and_in_a_snapshot_give_the_same_state()
    {
        var random = new Random(7);
        var (run, replayed) = (RegistryState.Genesis, RegistryState.Genesis);
        var ids = Enumerable.Range(0, 6).Select(i => $"{i}1111111-2222-3333-4444-555555555555").ToList();
        for (var i = 0; i < 600; i++)
        {
            var draft = new Draft(run, Now + TimeSpan.FromSeconds(i));
            Step(draft, random, ids);
            if (draft.IsEmpty)
            {
                continue;
            }

            var written = JsonSerializer.SerializeToUtf8Bytes(new LogEntry("s", draft.Index, [draft.Changes]), StateJson.Default.LogEntry);
            var read = JsonSerializer.Deserialize(written, StateJson.Default.LogEntry)!;
            run = draft.State;
            foreach (var change in read.Commands[0])
            {
                replayed = change.Apply(replayed, read.FirstIndex, new List<string>());
                Assert.Same(replayed, change.Apply(replayed, read.FirstIndex, new List<string>()));
            }

            replayed = replayed with { Index = draft.Index };
            Assert.Equal(Text(run), Text(replayed));
        }

        var restored = RegistryState.FromSnapshot(JsonSerializer.Deserialize(
            JsonSerializer.SerializeToUtf8Bytes(run.ToSnapshot(), StateJson.Default.RegistrySnapshot), StateJson.Default.RegistrySnapshot)!);
        Assert.Equal(Text(run), Text(restored));
        Assert.Equal(run.Kv.Bytes, restored.Kv.Bytes);
        Assert.All(ids, id => Assert.Equal(run.Kv.HeldBy(id), restored.Kv.HeldBy(id)));
        Assert.All(ids, id => Assert.Equal(run.Sessions.OfNode("registry").Count(), restored.Sessions.OfNode("registry").Count()));
    }

    [Fact]
    public void A_domain_that_is_full_takes_no_more()
    {
        var state = RegistryState.Genesis;
        var value = new byte[KvLimits.MaxValueBytes];
        for (var i = 0; i < (KvLimits.MaxTotalBytes / KvLimits.MaxValueBytes) - 1; i++)
        {
            state = Run(state, d => d.SetKey(new KvEntry { Key = $"{i}", Value = value }));
        }

        var full = Assert.Throws<RegistryException>(() => Run(state, d =>
        {
            d.SetKey(new KvEntry { Key = "more", Value = value });
            d.SetKey(new KvEntry { Key = "one-more", Value = value });
        }));

        Assert.Equal(413, full.Status);
        Assert.Null(Run(state, d => d.SetKey(new KvEntry { Key = "0" })).Kv.Find("0")!.Value);
    }

    private static void Step(Draft draft, Random random, List<string> ids)
    {
        var (key, id) = (KeyOf(random), ids[random.Next(ids.Count)]);
        switch (random.Next(7))
        {
            case 0 when draft.State.Sessions.Find(id) is null:
                draft.BeginSession(
                    new Session { ID = id, Node = RegistryState.OwnNode, DeletesKeys = random.Next(2) == 0, LockDelay = TimeSpan.FromSeconds(random.Next(3) * 10), NodeChecks = Session.DefaultChecks },
                    TimeSpan.FromSeconds(random.Next(2) * 10));
                break;
            case 1:
                draft.EndSessions([id]);
                break;
            case 2 or 3 when draft.State.Sessions.Find(id) is not null:
                draft.LockKey(new KvEntry { Key = key, Value = [1, 2], Flags = 5 }, id);
                break;
            case 4:
                draft.UnlockKey(new KvEntry { Key = key }, id);
                break;
            case 5:
                draft.DeleteKey(key);
                break;
            default:
                draft.SetKey(new KvEntry { Key = key, Value = [(byte)random.Next(4)] });
                break;
        }
    }

    private static string KeyOf(Random random) =>
        ((string[])["a", "a/", "b/\U0001F600", "b/\uFFFD", "b/\U0001F600x", "zz"])[random.Next(6)] + random.Next(12);

    private static ulong Expected(List<KvEntry> entries) => entries.Count == 0 ? 0 : entries.Max(e => e.ModifyIndex);

    private static RegistryState Run(RegistryState state, Action<Draft> change)
    {
        var draft = new Draft(state, Now);
        change(draft);
        return draft.State;
    }

    /// <summary>Without leases, whose order means nothing.</summary>
    private static string Text(RegistryState state) =>
        JsonSerializer.Serialize(state.ToSnapshot() with { Leases = [.. state.Leases.Values.OrderBy(l => l.Id, StringComparer.Ordinal)] }, StateJson.Default.RegistrySnapshot);
}

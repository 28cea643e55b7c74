using Saas.Discovery.Model;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;
using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Registry.Tests.Log;

/// <summary>Replicas over one store are instances of the app: what holds between them, and when the store fails.</summary>
public sealed class ReplicaTests : IDisposable
{
    private const string Counter = "counter";

    private readonly FaultyStore _store = new();
    private readonly List<Replica> _replicas = [];

    [Fact]
    public async Task What_one_acknowledged_another_reads_at_once()
    {
        var (a, b) = (New(), New());

        await PutAsync(a, "n1");
        var seen = await b.ReadAsync(CancellationToken.None);
        await PutAsync(b, "n2");

        Assert.NotNull(seen.Catalog.FindNode("n1"));
        Assert.NotNull((await a.ReadAsync(CancellationToken.None)).Catalog.FindNode("n2"));
        Assert.Equal(a.Position.State.Index, b.Position.State.Index);
    }

    [Fact]
    public async Task Commands_through_several_replicas_happen_each_once()
    {
        Replica[] replicas = [New(), New(), New()];

        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => replicas[i % 3].ExecuteAsync(Increment)));

        Assert.Equal(300, await ValueAsync(New()));
    }

    [Fact]
    public async Task Commands_that_come_together_are_committed_together()
    {
        var replica = New();
        await replica.ExecuteAsync(Increment);
        var before = _store.Batches;
        var release = new TaskCompletionSource();
        _store.BeforeBatch = () => release.Task;

        var first = replica.ExecuteAsync(Increment);
        var rest = Enumerable.Range(0, 200).Select(_ => replica.ExecuteAsync(Increment)).ToList();
        release.SetResult();
        var results = await Task.WhenAll(rest.Prepend(first));

        Assert.Equal(201, results.Distinct().Count());
        Assert.InRange(_store.Batches - before, 1, 3);
    }

    [Fact]
    public async Task A_command_whose_answer_was_lost_happened_once()
    {
        var replica = New();
        await replica.ExecuteAsync(Increment);
        _store.LoseNextAnswer();

        var value = await replica.ExecuteAsync(Increment);

        Assert.Equal(2, value);
        Assert.Equal(2, await ValueAsync(New()));
    }

    [Fact]
    public async Task A_command_that_the_store_refused_is_tried_again()
    {
        var replica = New();
        _store.RefuseNext();
        _store.RefuseNext();

        Assert.Equal(1, await replica.ExecuteAsync(Increment));
        Assert.Equal(1, await ValueAsync(New()));
    }

    [Fact]
    public async Task A_lost_answer_followed_by_anothers_entry_is_still_told_apart()
    {
        var (a, b) = (New(), New());
        await a.ExecuteAsync(Increment);
        _store.LoseNextAnswer();
        // While a waits before it looks again, b goes on from a's entry.
        var lost = a.ExecuteAsync(Increment);
        var other = await b.ExecuteAsync(Increment);

        Assert.Equal([2, 3], new[] { await lost, other }.Order());
        Assert.Equal(3, await ValueAsync(New()));
    }

    [Fact]
    public async Task A_refusal_is_told_only_of_the_present_state()
    {
        var (a, b) = (New(), New());
        await b.ReadAsync(CancellationToken.None);
        await PutAsync(a, "n1");

        // b has not looked since: on what it has, the node is not there.
        Assert.True(await b.ExecuteAsync(draft => draft.State.Catalog.FindNode("n1") is null ? throw RegistryException.NotFound("no n1") : true));
    }

    [Fact]
    public async Task A_refused_command_leaves_nothing_and_harms_none_beside_it()
    {
        var replica = New();
        var commands = Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                return await replica.ExecuteAsync(draft =>
                {
                    var value = Increment(draft);
                    return i % 2 == 0 ? throw RegistryException.BadRequest("no") : value;
                });
            }
            catch (RegistryException)
            {
                return -1;
            }
        });

        var results = await Task.WhenAll(commands);

        Assert.Equal(10, results.Count(r => r == -1));
        Assert.Equal(10, await ValueAsync(New()));
    }

    [Fact]
    public async Task After_a_snapshot_a_new_replica_and_one_left_behind_have_the_same_state()
    {
        var (writer, behind) = (New(), New());
        await writer.ExecuteAsync(Increment);
        await behind.ReadAsync(CancellationToken.None);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                await PutAsync(writer, $"n{round}-{i}");
            }

            Assert.NotNull(await writer.Snapshots.WriteAsync(writer.Position, CancellationToken.None));
        }

        await PutAsync(writer, "last");

        foreach (var replica in (Replica[])[behind, New()])
        {
            var state = await replica.ReadAsync(CancellationToken.None);
            Assert.Equal(writer.Position.State.Index, state.Index);
            Assert.Equal(Told(writer.Position.State), Told(state));
            Assert.Equal(writer.Position.State.Catalog.NodesIndex, state.Catalog.NodesIndex);
        }

        var entries = 0;
        await foreach (var row in Partition.ReadAllAsync(LogRows.Entries(0, 1000), CancellationToken.None))
        {
            entries++;
        }

        Assert.InRange(entries, 1, 41);
    }

    [Fact]
    public async Task Entries_and_snapshots_larger_than_a_row_are_whole()
    {
        var replica = New();
        var note = new string('x', 1500);
        await replica.ExecuteAsync(draft =>
        {
            for (var i = 0; i < 1200; i++)
            {
                draft.PutNode(new Node { Name = $"n{i}", Address = "10.0.0.1", Meta = new Dictionary<string, string> { ["note"] = note } });
            }

            return true;
        });

        Assert.Equal(1201, (await New().ReadAsync(CancellationToken.None)).Catalog.NodeCount);
        await replica.Snapshots.WriteAsync(replica.Position, CancellationToken.None);
        Assert.Equal(1201, (await New().ReadAsync(CancellationToken.None)).Catalog.NodeCount);
    }

    [Fact]
    public async Task A_store_restored_to_an_earlier_time_is_followed_there()
    {
        var replica = New();
        await PutAsync(replica, "n1");
        await foreach (var row in Partition.ReadAllAsync(RowRange.All, CancellationToken.None))
        {
            await Partition.WriteAsync(TableWrite.Delete(row.Row), CancellationToken.None);
        }

        Assert.Null((await replica.ReadAsync(CancellationToken.None)).Catalog.FindNode("n1"));
        await PutAsync(replica, "n2");
        Assert.NotNull((await New().ReadAsync(CancellationToken.None)).Catalog.FindNode("n2"));
    }

    public void Dispose() => _replicas.ForEach(r => r.Dispose());

    private TablePartition Partition => new PlatformScope(_store).Partition(LogRows.Table, "prj", "primary");

    private Replica New()
    {
        var replica = new Replica(new LogStore(Partition), new SteadyClock(TimeProvider.System));
        _replicas.Add(replica);
        return replica;
    }

    private static Task<bool> PutAsync(Replica replica, string node) => replica.ExecuteAsync(draft =>
    {
        draft.PutNode(new Node { Name = node, Address = "10.0.0.1" });
        return true;
    });

    private static IEnumerable<(string, ulong, ulong)> Told(RegistryState state) =>
        state.Catalog.Nodes.Select(n => (n.Node.Name, n.Node.CreateIndex, n.Node.ModifyIndex));

    private static int Increment(Draft draft)
    {
        var value = Value(draft.State) + 1;
        draft.PutNode(new Node { Name = Counter, Address = "10.0.0.1", Meta = new Dictionary<string, string> { ["value"] = $"{value}" } });
        return value;
    }

    private static async Task<int> ValueAsync(Replica replica) => Value(await replica.ReadAsync(CancellationToken.None));

    private static int Value(RegistryState state) => int.Parse(state.Catalog.FindNode(Counter)?.Node.Meta?["value"] ?? "0");
}

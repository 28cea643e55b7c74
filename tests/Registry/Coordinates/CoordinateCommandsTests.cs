using System.Text.Json;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.Registry.Catalog;
using Saas.Registry.Coordinates;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Tests.Coordinates;

/// <summary>What agents measure moves coordinates, but seldom the log; and nothing of a node stays when it is removed.</summary>
public sealed class CoordinateCommandsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Observe_FirstMeasurement_GivesTheNodeACoordinate()
    {
        var draft = Observed(With("a", "b"), Noon, "a", new RoundTrip("b", 0.02));

        Assert.NotNull(draft.State.Coordinates.Find("a"));
        Assert.Null(draft.State.Coordinates.Find("b"));
        Assert.Contains(CoordinateTopics.Of("A"), draft.Touched);
        Assert.Equal(draft.Index, draft.State.Coordinates.IndexOf("a"));
    }

    [Fact]
    public void Observe_UnknownNodes_ChangesNothing()
    {
        var state = With("a");

        Assert.True(Observed(state, Noon, "ghost", new RoundTrip("a", 0.02)).IsEmpty);
    }

    [Fact]
    public void Observe_SettledNode_WritesOnceEveryHalfMinute()
    {
        var state = With("a", "b");
        for (var i = 0; i < 300; i++)
        {
            state = Observed(state, Noon.AddSeconds(i), "a", new RoundTrip("b", 0.02)).State;
        }

        var written = 0;
        for (var i = 300; i < 600; i++)
        {
            var draft = Observed(state, Noon.AddSeconds(i), "a", new RoundTrip("b", i % 2 == 0 ? 0.0201 : 0.0199));
            (state, written) = (draft.State, written + (draft.IsEmpty ? 0 : 1));
        }

        Assert.InRange(written, 9, 11);
    }

    [Fact]
    public void Observe_NetworkGotSlower_IsWrittenAtOnce()
    {
        var state = With("a", "b");
        for (var i = 0; i < 300; i++)
        {
            state = Observed(state, Noon.AddSeconds(i), "a", new RoundTrip("b", 0.02)).State;
            state = Observed(state, Noon.AddSeconds(i), "b", new RoundTrip("a", 0.02)).State;
        }

        // The median believes the second of the same.
        var draft = Observed(state, Noon.AddSeconds(301), "a", new RoundTrip("b", 0.2), new RoundTrip("b", 0.2), new RoundTrip("b", 0.2));

        Assert.False(draft.IsEmpty);
    }

    [Fact]
    public void A_removed_node_loses_its_coordinate()
    {
        var draft = new Draft(Observed(With("a", "b"), Noon, "a", new RoundTrip("b", 0.02)).State, Noon);

        draft.RemoveNode("A");

        Assert.Null(draft.State.Coordinates.Find("a"));
        Assert.Equal(draft.Index, draft.State.Coordinates.IndexOf("a"));
    }

    [Fact]
    public void A_renamed_node_loses_its_coordinate()
    {
        const string Id = "40e4a748-2192-161a-0510-9bf59fe950b5";
        var draft = new Draft(With("b"), Noon);
        draft.PutNode(new Node { ID = Id, Name = "a", Address = "10.0.0.1" });
        CoordinateCommands.Observe(draft, "a", [new RoundTrip("b", 0.02)]);

        draft.PutNode(new Node { ID = Id, Name = "c", Address = "10.0.0.1" });

        Assert.Null(draft.State.Coordinates.Find("a"));
    }

    [Fact]
    public void Sort_ByDistance_NodeItselfFirstThenNearestThenUnknown()
    {
        var draft = new Draft(With("here", "near", "far", "x", "y"), Noon);
        CoordinateCommands.Set(draft, "here", At(0));
        CoordinateCommands.Set(draft, "near", At(0.01));
        CoordinateCommands.Set(draft, "far", At(0.1));

        var sorted = Distances.Sort(["x", "far", "y", "near", "Here"], static n => n, draft.State, "here");

        Assert.Equal(["Here", "near", "far", "x", "y"], sorted);
    }

    [Fact]
    public void Snapshot_RoundTrip_KeepsEverything()
    {
        var state = Observed(With("a", "b"), Noon, "a", new RoundTrip("b", 0.02)).State;

        var bytes = JsonSerializer.SerializeToUtf8Bytes(state.ToSnapshot(), StateJson.Default.RegistrySnapshot);
        var back = RegistryState.FromSnapshot(JsonSerializer.Deserialize(bytes, StateJson.Default.RegistrySnapshot)!);

        Assert.True(back.Coordinates.Find("a")!.Same(state.Coordinates.Find("a")!));
        Assert.Equal(state.Coordinates.Index, back.Coordinates.Index);
        Assert.Equal(state.Coordinates.ByNode["a"].Peers[0].Seconds, back.Coordinates.ByNode["a"].Peers[0].Seconds);
        Assert.Equal(state.Coordinates.ByNode["a"].Window, back.Coordinates.ByNode["a"].Window);
    }

    internal static Coordinate At(double x) => Coordinate.Origin with { Vec = [x, .. new double[Vivaldi.Dimensions - 1]] };

    private static Draft Observed(RegistryState state, DateTimeOffset now, string node, params RoundTrip[] roundTrips)
    {
        var draft = new Draft(state, now);
        CoordinateCommands.Observe(draft, node, roundTrips);
        return draft;
    }

    private static RegistryState With(params string[] nodes)
    {
        var draft = new Draft(RegistryState.Genesis, Noon);
        foreach (var node in nodes)
        {
            draft.PutNode(new Node { Name = node, Address = "10.0.0.1" });
        }

        return draft.State;
    }
}

using Saas.Registry.Coordinates;

namespace Saas.Registry.Tests.Coordinates;

/// <summary>From round trips alone coordinates come to say how far any two nodes are apart, measured or not.</summary>
public sealed class VivaldiTests
{
    private const int Nodes = 24;

    public static TheoryData<string> Networks => [.. Latencies.Keys];

    /// <summary>Seconds between nodes by their numbers, and the mean error that is still good.</summary>
    private static readonly Dictionary<string, (Func<int, int, double> Seconds, double Good)> Latencies = new()
    {
        ["a line, a node every 10 ms"] = ((a, b) => 0.010 * Math.Abs(a - b), 0.05),
        ["a grid of 10 ms"] = ((a, b) => 0.010 * Math.Sqrt(Math.Pow((a % 5) - (b % 5), 2) + Math.Pow((a / 5) - (b / 5), 2)), 0.06),
        ["two sites of 1 ms, 50 ms apart"] = ((a, b) => a % 2 == b % 2 ? 0.001 : 0.051, 0.15),
        ["one site of 0.3 ms"] = (static (_, _) => 0.0003, 0.10),
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Estimates_converge_to_the_latencies(string network)
    {
        var (seconds, good) = Latencies[network];

        var nodes = Simulate(seconds, rounds: 1500);

        Assert.InRange(MeanError(nodes, seconds), 0, good);
    }

    [Fact]
    public void Noise_of_a_tenth_leaves_the_estimates_good()
    {
        var (seconds, good) = Latencies["a line, a node every 10 ms"];

        var nodes = Simulate(seconds, rounds: 1500, noise: 0.1);

        Assert.InRange(MeanError(nodes, seconds), 0, good + 0.07);
    }

    [Fact]
    public void Observe_TheSameTwice_GivesTheSame()
    {
        var node = new NodeCoordinate { Node = "a" };

        var once = Vivaldi.Observe(node, "b", Coordinate.Origin, 0.02);
        var again = Vivaldi.Observe(node, "b", Coordinate.Origin, 0.02);

        Assert.True(once.Coord.Same(again.Coord), "a command may run again");
        Assert.Equal(Vivaldi.Dimensions, once.Coord.Vec.Count);
        Assert.NotEqual(Coordinate.Origin.Vec, once.Coord.Vec);
    }

    [Fact]
    public void Observe_OneOutlier_MovesLessThanHalfOfItself()
    {
        var node = new NodeCoordinate { Node = "a" };
        for (var i = 0; i < 200; i++)
        {
            node = Vivaldi.Observe(node, "b", Coordinate.Origin, 0.02);
        }

        var after = Vivaldi.Observe(node, "b", Coordinate.Origin, 2);

        Assert.Equal(node.Coord.DistanceTo(Coordinate.Origin), after.Coord.DistanceTo(Coordinate.Origin), 0.002);
    }

    [Fact]
    public void Observe_WhateverIsMeasured_StaysFinite()
    {
        var random = new Random(7);
        var node = new NodeCoordinate { Node = "a" };
        for (var i = 0; i < 2000; i++)
        {
            var other = new Coordinate([.. Enumerable.Range(0, Vivaldi.Dimensions).Select(_ => random.NextDouble() * 1e3)], random.NextDouble() * 1.5, 0, 1e-5);
            node = Vivaldi.Observe(node, $"p{i % 50}", other, Math.Pow(10, -7 + (8 * random.NextDouble())));
            Assert.True(node.Coord.IsFinite);
            Assert.True(node.Coord.Height >= Vivaldi.MinHeight);
            Assert.InRange(node.Coord.Error, 0, Vivaldi.MaxError);
            Assert.InRange(node.Window.Count, 0, Vivaldi.AdjustmentWindow);
            Assert.InRange(node.Peers.Count, 0, NodeCoordinate.MaxPeers);
        }
    }

    [Fact]
    public void DistanceTo_AdjustmentsBelowTheDistance_AreLeftOut()
    {
        var a = Coordinate.Origin with { Adjustment = -1 };

        Assert.Equal(2 * Vivaldi.MinHeight, a.DistanceTo(Coordinate.Origin), 9);
    }

    private static NodeCoordinate[] Simulate(Func<int, int, double> seconds, int rounds, double noise = 0)
    {
        var random = new Random(1);
        var nodes = Enumerable.Range(0, Nodes).Select(i => new NodeCoordinate { Node = $"n{i}" }).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < Nodes; i++)
            {
                var j = random.Next(Nodes);
                if (i != j)
                {
                    var measured = seconds(i, j) * (1 + (noise * ((2 * random.NextDouble()) - 1)));
                    nodes[i] = Vivaldi.Observe(nodes[i], nodes[j].Node, nodes[j].Coord, measured);
                }
            }
        }

        return nodes;
    }

    private static double MeanError(NodeCoordinate[] nodes, Func<int, int, double> seconds) => (
        from i in Enumerable.Range(0, Nodes)
        from j in Enumerable.Range(0, i)
        select Math.Abs(nodes[i].Coord.DistanceTo(nodes[j].Coord) - seconds(i, j)) / seconds(i, j)).Average();
}

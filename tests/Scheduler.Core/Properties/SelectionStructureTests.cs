using FsCheck;
using FsCheck.Fluent;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;
using Saas.Scheduler.Core.Selection;

namespace Saas.Scheduler.Core.Tests.Properties;

/// <summary>What the search for candidates stands on, each against the plainest thing that does the same.</summary>
public sealed class SelectionStructureTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true);
    private static readonly Arbitrary<int> Seeds = Arb.From(Gen.Choose(0, int.MaxValue - 1));

    [Fact]
    public void WinnerTree_ScoresChange_BestIsTheFirstOfTheHighest() => Prop.ForAll(Seeds, static seed =>
    {
        var random = new Random(seed);
        var scores = Enumerable.Range(0, random.Next(0, 40)).Select(_ => ScoreFrom(random)).ToArray();
        var tree = new WinnerTree([.. scores]);
        for (var i = 0; i < 60; i++)
        {
            var best = scores.Length == 0 ? WinnerTree.Closed : scores.Max();
            Assert.Equal(best, tree.BestScore);
            if (scores.Length == 0)
            {
                return;
            }

            Assert.True(best == WinnerTree.Closed || tree.Best == Array.IndexOf(scores, best));
            var leaf = random.Next(scores.Length);
            scores[leaf] = ScoreFrom(random);
            tree.Set(leaf, scores[leaf]);
        }

        static double ScoreFrom(Random random) => random.Next(4) == 0 ? WinnerTree.Closed : random.Next(-3, 4) / 3.0;
    }).Check(Quick);

    [Fact]
    public void CandidateHeap_PushedPoppedRemovedReplaced_TopIsTheBest() => Prop.ForAll(Seeds, static seed =>
    {
        var random = new Random(seed);
        var heap = new CandidateHeap();
        var plain = new List<Candidate>();
        for (var i = 0; i < 80; i++)
        {
            switch (random.Next(4))
            {
                case 0 when plain.Count > 0:
                    Assert.Equal(plain[0], heap.Top);
                    plain.RemoveAt(0);
                    heap.Pop();
                    break;
                case 1:
                    var slot = random.Next(i + 1);
                    plain.RemoveAll(candidate => candidate.Slot == slot);
                    heap.Remove(slot);
                    break;
                default:
                    var pushed = new Candidate(new NodeScore(random.Next(4), 1), random.Next(4), (ulong)random.Next(2), i);
                    plain.Add(pushed);
                    heap.Push(pushed);
                    break;
            }

            plain.Sort(static (one, other) => one.IsBetterThan(other) ? -1 : other.IsBetterThan(one) ? 1 : 0);
            Assert.Equal(plain.Count, heap.Count);
            Assert.True(plain.Count == 0 || plain[0] == heap.Top);
        }
    }).Check(Quick);

    [Fact]
    public void SlotJournal_SeveralReaders_EachSeesWhatChangedSinceItRead() => Prop.ForAll(Seeds, static seed =>
    {
        var random = new Random(seed);
        var journal = new SlotJournal();
        var readers = Enumerable.Range(0, 3).Select(_ => (Position: 0L, Changed: new HashSet<int>())).ToArray();
        for (var i = 0; i < 200; i++)
        {
            if (random.Next(4) > 0)
            {
                var slot = random.Next(3);
                journal.Add(slot);
                Array.ForEach(readers, reader => reader.Changed.Add(slot));
                continue;
            }

            ref var reading = ref readers[random.Next(3)];
            Assert.True(journal.Has(reading.Position));
            var seen = new HashSet<int>();
            for (var at = reading.Position; at < journal.End; at++)
            {
                seen.Add(journal[at]);
            }

            Assert.Superset(reading.Changed, seen);
            reading.Changed.Clear();
            reading.Position = journal.Mark();
        }
    }).Check(Quick);

    [Fact]
    public void SlotJournal_ReaderIsTooFarBehind_ItSaysSo()
    {
        var journal = new SlotJournal();
        for (var i = 0; i < 65_536; i++)
        {
            journal.Add(i);
        }

        Assert.True(journal.Has(0));
        journal.Add(1);
        Assert.False(journal.Has(0));
        Assert.Equal(1, journal[journal.End - 1]);
    }

    [Fact]
    public void KeyOf_NamesThatUsersChoose_NeverMakeTwoShapesOne()
    {
        var constraint = new NodeConstraint("${attr.a}", "=", "1");
        GroupSpec[] groups =
        [
            TestCluster.Group(),
            With([new PortAsk("a", 1, 0, "x;2@y")], []),
            With([new PortAsk("a", 1, 0, "x"), new PortAsk("b", 2, 0, "y")], []),
            With([], [new DeviceAsk("t", "gpu*1", 2)]),
            With([], [new DeviceAsk("t", "gpu", 12)]),
            With([], [new DeviceAsk("t", "gpu", 1) { Constraints = [constraint] }]),
            With([], [new DeviceAsk("t", "gpu", 1) { Affinities = [new Affinity(constraint, 1)] }]),
            TestCluster.Group() with { Affinities = [new Affinity(constraint, 51)] },
            TestCluster.Group() with { Affinities = [new Affinity(constraint, 5)] },
            TestCluster.Group(constraints: [constraint]),
            TestCluster.Group() with { Spreads = [new Spread("a", 50, [])] },
            TestCluster.Group() with { Volumes = [new VolumeAsk("a", true)] },
            TestCluster.Group() with { Volumes = [new VolumeAsk("a", false)] },
            TestCluster.Group() with { DataClass = "a" },
            TestCluster.Group() with { BurstPools = ["a"] },
            TestCluster.Group() with { Cheapest = true },
            TestCluster.Group() with { Drivers = [] },
        ];
        JobSpec[] jobs =
        [
            .. groups.Select(static group => TestCluster.Job(group)),
            TestCluster.Job() with { Constraints = [constraint] },
            TestCluster.Job() with { Affinities = [new Affinity(constraint, 50)] },
            TestCluster.Job() with { NodePool = "a" },
            TestCluster.Job() with { Datacenters = ["a"] },
        ];
        var keys = jobs.Select(static job => PlacementShape.KeyOf(job, job.Groups[0])).ToArray();
        Assert.Equal(keys.Length, keys.Distinct().Count());

        // How it is spread, how many, and for whom is not of the shape.
        Assert.Equal(keys[10], PlacementShape.KeyOf(
            TestCluster.Job() with { Key = "other", Priority = 1 }, TestCluster.Group("other", 9) with { Spreads = [new Spread("a", 9, [new("b", 1)])] }));

        static GroupSpec With(PortAsk[] ports, DeviceAsk[] devices) =>
            TestCluster.Group() with { Ask = new ResourceAsk(1, 0, 1, 0) { Ports = ports, Devices = devices } };
    }
}

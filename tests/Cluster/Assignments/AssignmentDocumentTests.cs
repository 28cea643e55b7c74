using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Saas.Cluster.Assignments;
using static Saas.Cluster.Tests.Assignments.AssignmentSamples;

namespace Saas.Cluster.Tests.Assignments;

public sealed class AssignmentDocumentTests
{
    [Fact]
    public void WhatIsWrittenIsRead() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
    {
        var random = new Random(seed);
        AssignmentGroup[] groups = [Group("a"), Group("b", "01"), Group("a") with { JobVersion = 2 }, Group("a", "02")];
        var written = Enumerable.Range(0, random.Next(20)).Select(_ => AssignmentSamples.Random(random, groups)).ToArray();
        var text = Write("node_1", 7, written);
        var read = AssignmentDocument.Read(text);
        return (read.NodeId, read.Index, read.Epoch) == ("node_1", 7, 3)
            && AssignmentDocument.ReadIndex(text) == 7
            && read.Allocations.Select(Show).SequenceEqual(written.Select(Show));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void OneWriterServesManyDocuments()
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = new AssignmentWriter();
        for (var i = 1; i <= 3; i++)
        {
            var begin = text.WrittenCount;
            writer.Begin(text, $"node_{i}", i, epoch: 1);
            writer.Add(Allocation(i, Group($"job{i}")).ToEntry());
            Assert.Equal(writer.End(), text.WrittenCount - begin);
            var read = AssignmentDocument.Read(text.WrittenMemory[begin..]);
            Assert.Equal(($"node_{i}", $"job{i}"), (read.NodeId, Assert.Single(read.Allocations).Group.JobId));
        }
    }

    [Fact]
    public void GroupsAreWrittenOnceAndShared()
    {
        var text = Write("node_1", 1, Enumerable.Range(0, 200).Select(static i => Allocation(i, Group("job", new string('f', 64)))));
        var read = AssignmentDocument.Read(text);
        Assert.Single(read.Allocations.Select(static allocation => allocation.Group).Distinct(ReferenceEqualityComparer.Instance));
        Assert.InRange(text.Length / 200, 50, 150);
    }

    [Fact]
    public void MembersOfANewerVersionAreLeftOut()
    {
        var text = Encoding.UTF8.GetString(Write("node_1", 1, Allocation(1, Group("job"))))
            .Replace("{\"node\"", "{\"new\":[{\"x\":1}],\"node\"", StringComparison.Ordinal)
            .Replace("{\"id\"", "{\"new\":{\"y\":[2]},\"id\"", StringComparison.Ordinal)
            .Replace("\"00\"]", "\"00\",{\"new\":[3]},4]", StringComparison.Ordinal);
        var read = AssignmentDocument.Read(Encoding.UTF8.GetBytes(text));
        Assert.Equal(Show(Allocation(1, Group("job"))), Show(Assert.Single(read.Allocations)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"node":"n","index":1,"epoch":1,"allocations":[],"groups":[]}""")]
    [InlineData("""{"node":"n","index":"1","epoch":1,"allocations":[],"groups":[],"evaluations":[]}""")]
    [InlineData("""{"node":"n","index":1.5,"epoch":1,"allocations":[],"groups":[],"evaluations":[]}""")]
    [InlineData("""{"node":"n","index":1,"epoch":1,"allocations":{},"groups":[],"evaluations":[]}""")]
    [InlineData("""{"node":"n","index":1,"epoch":1,"allocations":[1],"groups":[],"evaluations":[]}""")]
    [InlineData("""{"node":"n","index":1,"epoch":1,"allocations":[{"id":"a","g":0,"i":0,"e":0,"at":1}],"groups":[],"evaluations":["e"]}""")]
    [InlineData("""{"node":"n","index":1,"epoch":1,"allocations":[],"groups":[["p","j",1,"service","web"]],"evaluations":[]}""")]
    [InlineData("""{"node":"n","index":1,"epoch":1,"allocations":[],"groups":[["p","j","1","service","web","00"]],"evaluations":[]}""")]
    [InlineData("""{"node":"n","index":1,"epoch":1,"allocations":[],"groups":[],"evaluations":[]} x""")]
    public void WhatIsNoDocumentIsRefused(string text) =>
        Assert.Throws<InvalidDataException>(() => AssignmentDocument.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void ACutDocumentIsRefused()
    {
        var text = Write("node_1", 1, Allocation(1, Group("job")));
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => AssignmentDocument.Read(text.AsMemory(0, length)));
        }
    }

    [Fact]
    public void ShardsAreUsedEvenlyAndNeverChange()
    {
        var counts = new int[AssignmentTables.Shards];
        for (var i = 0; i < 8000; i++)
        {
            counts[AssignmentTables.ShardOf($"node_{i:D26}")]++;
        }

        Assert.All(counts, static count => Assert.InRange(count, 800, 1200));
    }
}

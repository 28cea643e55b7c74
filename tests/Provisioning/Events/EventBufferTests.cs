using Saas.Provisioning.Events;

namespace Saas.Provisioning.Tests.Events;

public sealed class EventBufferTests
{
    [Fact]
    public void Oldest_LeaveWhenThereAreTooManyEventsOrBytes_AndReadersOfThemAreTold()
    {
        var buffer = new EventBuffer(maxEvents: 3, maxBytes: 10_000);
        for (var index = 1; index <= 5; index++)
        {
            buffer.Append(Batch(index, 10));
        }

        Assert.True(buffer.Read(0).IsGone);
        Assert.Equal([3, 4, 5], Indexes(buffer, buffer.StartAt(0)));

        buffer.Append(Batch(6, 50_000));
        Assert.Equal([6], Indexes(buffer, buffer.StartAt(0)));
    }

    [Fact]
    public void Start_IsAtTheIndexOrTheNext()
    {
        var buffer = new EventBuffer();
        buffer.Append(Batch(10, 1));
        buffer.Append(Batch(20, 1));

        Assert.Equal([10, 20], Indexes(buffer, buffer.StartAt(0)));
        Assert.Equal([20], Indexes(buffer, buffer.StartAt(11)));
        Assert.Equal([20], Indexes(buffer, buffer.StartAt(20)));
        Assert.Empty(Indexes(buffer, buffer.StartAt(21)));
    }

    [Fact]
    public void Waiting_EndsWithTheNextBatch()
    {
        var buffer = new EventBuffer();
        var read = buffer.Read(buffer.StartAt(0));
        Assert.False(read.Appended.IsCompleted);

        buffer.Append(Batch(1, 1));

        Assert.True(read.Appended.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("Job:web", true)]
    [InlineData("Allocation", true)]
    [InlineData("Allocation:alloc_1", true)]
    [InlineData("Allocation:web", true)]
    [InlineData("*:web", true)]
    [InlineData("*", true)]
    [InlineData("Allocation:api", false)]
    [InlineData("Node", false)]
    [InlineData("*:api", false)]
    public void Topic_MatchesByKeyAndFilterKey(string topic, bool expected)
    {
        var e = new ClusterEvent(topic.StartsWith("Job", StringComparison.Ordinal) ? "Job" : "Allocation", "T", "prj", "default", "alloc_1", ["web"], "{}"u8.ToArray());

        Assert.Equal(expected, EventTopics.Parse([topic]).Matches(e));
    }

    private static EventBatch Batch(long index, int bytes) =>
        new(index, [new ClusterEvent("Job", "JobRegistered", "prj", "default", "web", [], new byte[bytes])]);

    private static List<long> Indexes(EventBuffer buffer, long from)
    {
        var indexes = new List<long>();
        for (var number = from; buffer.Read(number).Batch is { } batch; number++)
        {
            indexes.Add(batch.Index);
        }

        return indexes;
    }
}

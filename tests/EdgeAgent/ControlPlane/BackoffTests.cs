using Saas.EdgeAgent.ControlPlane;

namespace Saas.EdgeAgent.Tests.ControlPlane;

public sealed class BackoffTests
{
    [Fact]
    public void Next_WithoutLuck_DoublesUpToAMinute()
    {
        var backoff = new Backoff(() => 0);

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 9).Select(_ => backoff.Next().TotalSeconds));
    }

    [Fact]
    public void Next_WithLuck_IsShorterByUpToHalf() => Assert.InRange(new Backoff(() => 0.999).Next().TotalSeconds, 0.25, 0.2503);

    [Fact]
    public void Reset_AfterSuccess_BeginsAnew()
    {
        var backoff = new Backoff(() => 0);
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(0.5, backoff.Next().TotalSeconds);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(86_400, 600)]
    public void Next_ServerAsks_IsNeverEarlierThanAskedButBounded(int asked, int expected) =>
        Assert.Equal(expected, new Backoff(() => 0).Next(TimeSpan.FromSeconds(asked)).TotalSeconds);
}

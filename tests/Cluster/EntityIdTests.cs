using Saas.Contracts;

namespace Saas.Cluster.Tests;

public sealed class EntityIdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_SameArguments_IsTheSameValidId()
    {
        var id = EntityId.Of("dep", Noon, "web version 1");
        Assert.True(EntityId.IsValid("dep", id));
        Assert.Equal(id, EntityId.Of("dep", Noon, "web version 1"));
        Assert.NotEqual(id, EntityId.Of("dep", Noon, "web version 2"));
    }

    [Fact]
    public void Of_LaterTime_SortsBehind() =>
        Assert.True(string.CompareOrdinal(
            EntityId.Of("dep", Noon, "web"), EntityId.Of("dep", Noon + TimeSpan.FromMilliseconds(1), "db")) < 0);
}

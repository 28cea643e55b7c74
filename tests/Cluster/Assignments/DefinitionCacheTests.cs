using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Tests.Assignments;

public sealed class DefinitionCacheTests
{
    private static readonly TenantId One = TenantId.New(TimeProvider.System);
    private static readonly TenantId Other = TenantId.New(TimeProvider.System);

    [Fact]
    public void TheLeastLatelyUsedLeaveFirst()
    {
        var cache = new DefinitionCache(maxBytes: 30);
        var group = new TaskGroup();
        cache.Keep(One, "a", group, 10);
        cache.Keep(One, "b", group, 10);
        cache.Keep(One, "c", group, 10);
        Assert.NotNull(cache.Find(One, "a"));
        cache.Keep(One, "d", group, 10);
        Assert.Null(cache.Find(One, "b"));
        Assert.NotNull(cache.Find(One, "a"));
        Assert.Equal(30, cache.Bytes);
        cache.Keep(One, "large", group, 31);
        Assert.Equal(30, cache.Bytes);
        Assert.Null(cache.Find(One, "large"));
    }

    [Fact]
    public void ATenantFindsOnlyWhatItHasRead()
    {
        var cache = new DefinitionCache();
        cache.Keep(One, "a", new TaskGroup(), 10);
        Assert.Null(cache.Find(Other, "a"));
    }
}

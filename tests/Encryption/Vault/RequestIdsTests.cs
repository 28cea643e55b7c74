using Saas.Encryption.Vault;

namespace Saas.Encryption.Tests.Vault;

public sealed class RequestIdsTests
{
    [Fact]
    public async Task Next_OnSeveralThreads_IsARandomUuidAndNeverTheSame()
    {
        var drawn = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Select(_ => RequestIds.Next()).ToList())));

        var all = drawn.SelectMany(ids => ids).ToList();
        Assert.Equal(4000, all.Distinct().Count());
        Assert.All(all, id => Assert.Equal((4, 2), (id.Version, id.Variant >> 2)));
    }
}

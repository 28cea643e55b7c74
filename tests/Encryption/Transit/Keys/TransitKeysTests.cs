using Microsoft.AspNetCore.Http;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>What the operations build on: keys found and made, and their material.</summary>
public sealed class TransitKeysTests : IAsyncLifetime
{
    private EncryptionHost _host = null!;
    private KeyRing _ring;

    private TransitKeys Keys => _host.Service<TransitKeys>();

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync();
        var acme = await _host.SignUpAsync();
        _ring = new KeyRing(acme.Scope, acme.ProjectId, "transit");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AKeyThatWasMade_IsFound_WithItsMaterial()
    {
        var (made, isNew) = await Keys.EnsureAsync(_ring, "orders", new TransitKeyOptions { Derived = true, Convergent = true }, default);
        var found = await Keys.FindAsync(_ring, "orders", default);

        Assert.True(isNew);
        Assert.Equal((made.Id, 1), (found!.Id, found.LatestVersion));
        Assert.Equal(AeadMode.Convergent, found.Mode(found.Latest));
        using var material = await Keys.MaterialAsync(_ring, found, 1, default);
        Assert.Equal(KeyType.Aes256Gcm96, material.Value.Type);
    }

    [Fact]
    public async Task FindAndMaterial_WhenCached_CompleteAtOnceWithoutAllocating()
    {
        await Keys.EnsureAsync(_ring, "hot", new TransitKeyOptions(), default);
        var keys = Keys;
        using (await keys.MaterialAsync(_ring, (await keys.FindAsync(_ring, "hot", default))!, 1, default))
        {
        }

        for (var i = 0; i < 50; i++)
        {
            Use(keys);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Use(keys);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task EnsureAsync_TwentyAtOnce_MakeOneKey()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            _ => Task.Run(() => Keys.EnsureAsync(_ring, "one", new TransitKeyOptions(), default))));

        Assert.Single(made, m => m.IsNew);
        Assert.Single(made.Select(m => m.Key.Id).Distinct());
        Assert.All(made, m => Assert.Equal(1, m.Key.LatestVersion));
    }

    [Theory]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("")]
    public async Task ANameThatIsNone_IsNotFound_AndNotMade(string name)
    {
        Assert.Null(await Keys.FindAsync(_ring, name, default));
        var refused = await Assert.ThrowsAsync<VaultException>(() => Keys.EnsureAsync(_ring, name, new TransitKeyOptions(), default));
        Assert.Equal(StatusCodes.Status404NotFound, refused.Error.Status);
    }

    [Fact]
    public async Task MaterialAsync_OfAVersionThatNeverWas_IsRefused()
    {
        var (key, _) = await Keys.EnsureAsync(_ring, "orders", new TransitKeyOptions(), default);

        await Assert.ThrowsAsync<VaultException>(async () => await Keys.MaterialAsync(_ring, key, 2, default));
    }

    private void Use(TransitKeys keys)
    {
        var found = AtOnce(keys.FindAsync(_ring, "hot", default));
        var material = AtOnce(keys.MaterialAsync(_ring, found!, 1, default));
        material.Dispose();
    }

    private static T AtOnce<T>(ValueTask<T> started) =>
        started.IsCompletedSuccessfully ? started.Result : throw new InvalidOperationException("It did not complete at once.");
}

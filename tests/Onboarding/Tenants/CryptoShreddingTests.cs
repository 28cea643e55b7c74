using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Keys;
using Saas.Keys.LocalFile;
using Saas.Onboarding.Tenants;
using Saas.Onboarding.Tests.Shared;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.TestKit;

namespace Saas.Onboarding.Tests.Tenants;

/// <summary>The end of a tenant is the end of its root key, seen by instances that hold that key unwrapped.</summary>
public sealed class CryptoShreddingTests : IAsyncLifetime
{
    private readonly OnboardingHost _host = new();
    private readonly TempDirectory _folder = new();
    private LocalFileKey _kek = null!;

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        _kek = LocalFileKey.Open(_folder.File("kek"), TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _kek.Dispose();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Purge_TenantGone_WhatItSealedIsUnreadableEverywhereWithinFiveSecondsAndOthersIsNot()
    {
        var (gone, stays) = (await _host.SignUpAsync("gone"), await _host.SignUpAsync("stays"));
        using var warm = Instance();
        var values = new Dictionary<Customer, byte[]> { [gone] = await SealAsync(warm, gone), [stays] = await SealAsync(warm, stays) };

        (await gone.Owner.DeleteAsync("/v1/tenant")).Expect(HttpStatusCode.Accepted);
        await PurgeAsync();
        Assert.Equal("secret"u8.ToArray(), await OpenAsync(warm, gone, values[gone]));

        _host.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal("secret"u8.ToArray(), await OpenAsync(warm, gone, values[gone]));
        await PurgeAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        // The sealed rows and the key-encryption key are all still there: there is nothing to open the rows with.
        using var cold = Instance();
        foreach (var keys in (TenantKeys[])[warm, cold])
        {
            await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => OpenAsync(keys, gone, values[gone]));
            await Assert.ThrowsAsync<TenantKeysDestroyedException>(() => SealAsync(keys, gone));
            Assert.Equal("secret"u8.ToArray(), await OpenAsync(keys, stays, values[stays]));
        }
    }

    private Task PurgeAsync() => _host.Services.GetRequiredService<PurgeTenants>().RunAsync(CancellationToken.None);

    /// <summary>With a signal of its own, as another process has.</summary>
    private TenantKeys Instance()
    {
        var signal = new InProcessChangeSignal(_host.Time);
        return new TenantKeys(
            _kek, new RootKeyDestruction(signal, _host.Time, NullLogger<RootKeyDestruction>.Instance),
            new SecretCacheLimits(10, SecretCacheLimits.SharedRowAge, TimeSpan.FromDays(30)), signal, _host.Time, NullLogger<TenantKeys>.Instance);
    }

    private TenantScope Scope(Customer customer) => _host.Scopes.For(customer.Id);

    private async Task<byte[]> SealAsync(TenantKeys keys, Customer customer)
    {
        using var seal = await keys.OpenAsync(Scope(customer), CancellationToken.None);
        return seal.Seal(Scope(customer).Partition("things"), "row", "secret"u8);
    }

    private async Task<byte[]> OpenAsync(TenantKeys keys, Customer customer, byte[] value)
    {
        using var seal = await keys.OpenAsync(Scope(customer), CancellationToken.None);
        using var opened = seal.Open(Scope(customer).Partition("things"), "row", value);
        return opened.Span.ToArray();
    }
}

using Azure.Core;
using Azure.Security.KeyVault.Keys.Cryptography;
using Saas.Contracts;
using Saas.Keys.AzureKeyVault;
using Saas.Keys.Tests.Contract;

namespace Saas.Keys.Tests.AzureKeyVault;

internal sealed class KeyVaultHarness(KeyVaultDouble vault) : IKekHarness
{
    public IKeyEncryptionKey Kek { get; } = new AzureKeyVaultKey(vault.KeyUrl, vault.Credential, Options(vault));

    public bool RotationChangesTheId => true;

    public string UnknownId => $"{vault.KeyUrl}/{Guid.NewGuid():n}";

    public static async Task<IKekHarness> OpenAsync() => new KeyVaultHarness(await KeyVaultDouble.StartAsync());

    public static CryptographyClientOptions Options(KeyVaultDouble vault) => new()
    {
        Transport = vault.Transport(),
        Retry = { Delay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(20), MaxRetries = 3 },
    };

    public Task RotateAsync()
    {
        vault.Rotate();
        return Task.CompletedTask;
    }

    public Task BreakAsync()
    {
        vault.MayUseKeys = false;
        return Task.CompletedTask;
    }

    public Task RepairAsync()
    {
        vault.MayUseKeys = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => vault.DisposeAsync();
}

public sealed class AzureKeyVaultKeyContractTests() : KeyEncryptionKeyContract(KeyVaultHarness.OpenAsync);

public sealed class AzureKeyVaultKeyTests : IAsyncLifetime
{
    private static readonly TenantId Tenant = TenantId.New(TimeProvider.System);

    private KeyVaultDouble _vault = null!;

    public async ValueTask InitializeAsync() => _vault = await KeyVaultDouble.StartAsync();

    public ValueTask DisposeAsync() => _vault.DisposeAsync();

    [Fact]
    public async Task Wrap_FirstRequest_GoesWithoutBodyAndTokenAndIsChallenged()
    {
        var wrapped = await Kek(_vault.CurrentUrl).WrapAsync(Tenant, new byte[32], default);

        Assert.Equal(_vault.CurrentUrl, wrapped.KekId);
        var requests = _vault.Requests.ToArray();
        Assert.Equal([(false, 0L), (true, requests[^1].Body)], requests.Select(request => (request.HasToken, request.Body)));
        Assert.True(requests[^1].Body > 0);
        var asked = Assert.Single(_vault.Credential.Asked);
        Assert.Equal(["https://vault.azure.net/.default"], asked.Scopes);
        Assert.Equal(FakeCredential.Directory, asked.TenantId);
    }

    [Fact]
    public async Task Wrap_ChallengeOfAnotherDomain_AsksForNoToken()
    {
        _vault.Resource = "https://vault.example.net";

        var error = await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => WrapAsync(Kek(_vault.KeyUrl)));

        Assert.Contains("not of its own domain", error.InnerException!.Message, StringComparison.Ordinal);
        Assert.Empty(_vault.Credential.Asked);
        Assert.All(_vault.Requests, request => Assert.Equal((false, 0L), (request.HasToken, request.Body)));
    }

    [Fact]
    public async Task Wrap_Throttled_WaitsAsToldAndSucceeds()
    {
        _vault.Failures.Enqueue((429, "0"));
        _vault.Failures.Enqueue((503, null));

        await WrapAsync(Kek(_vault.CurrentUrl));

        Assert.Empty(_vault.Failures);
    }

    [Fact]
    public async Task Wrap_ThrottledForLong_IsUnavailable()
    {
        for (var i = 0; i < 20; i++)
        {
            _vault.Failures.Enqueue((429, "0"));
        }

        var error = await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => WrapAsync(Kek(_vault.CurrentUrl)));
        Assert.Contains("429", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unwrap_VersionDisabled_IsUnavailableAndOthersServe()
    {
        var kek = Kek(_vault.KeyUrl);
        var old = await WrapAsync(kek);
        _vault.Rotate();
        var fresh = await WrapAsync(kek);
        _vault.Disabled.Add(old.KekId.Split('/')[^1]);

        var error = await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(async () => await kek.UnwrapAsync(Tenant, old, default));
        Assert.Contains("403 (Forbidden)", error.Message, StringComparison.Ordinal);
        using var root = await kek.UnwrapAsync(Tenant, fresh, default);
        Assert.Equal(32, root.Length);
    }

    [Fact]
    public async Task Wrap_VersionNamedInTheSetting_StaysWithIt()
    {
        var first = _vault.CurrentUrl;
        var kek = Kek(first);
        _vault.Rotate();

        Assert.Equal(first, (await WrapAsync(kek)).KekId);
    }

    [Fact]
    public async Task Wrap_MayUseButNotReadTheKey_WrapsByTheNewest()
    {
        _vault.MayReadKeys = false;

        Assert.Equal(_vault.CurrentUrl, (await WrapAsync(Kek(_vault.KeyUrl))).KekId);
    }

    [Fact]
    public async Task Wrap_NoToken_IsUnavailable()
    {
        _vault.Credential.IsRefused = true;

        await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => WrapAsync(Kek(_vault.KeyUrl)));
    }

    [Theory]
    [InlineData("https://other.vault.azure.net/keys/root/0123")]
    [InlineData("https://{host}/keys/other/0123")]
    [InlineData("https://{host}/keys/root")]
    [InlineData("http://{host}/keys/root/0123")]
    [InlineData("kek_01h00000000000000000000000")]
    public async Task Unwrap_RowNamesAnotherKey_AsksNobody(string kekId)
    {
        var wrapped = new WrappedKey(kekId.Replace("{host}", _vault.Host, StringComparison.Ordinal), new byte[256]);

        await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(async () => await Kek(_vault.KeyUrl).UnwrapAsync(Tenant, wrapped, default));
        Assert.Empty(_vault.Requests);
    }

    [Theory]
    [InlineData("http://v.vault.azure.net/keys/root")]
    [InlineData("https://v.vault.azure.net/secrets/root")]
    [InlineData("https://v.vault.azure.net/keys/root/1/2")]
    [InlineData("https://v.vault.azure.net/keys/root?x=1")]
    [InlineData("root")]
    public void New_NoAddressOfAKey_IsRefused(string key) => Assert.Throws<FormatException>(() => Kek(key));

    private AzureKeyVaultKey Kek(string key) => new(key, _vault.Credential, KeyVaultHarness.Options(_vault));

    private static Task<WrappedKey> WrapAsync(AzureKeyVaultKey kek) => kek.WrapAsync(Tenant, new byte[32], default).AsTask();
}

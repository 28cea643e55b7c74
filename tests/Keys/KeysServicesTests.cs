using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Saas.Keys.LocalFile;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.TestKit;

namespace Saas.Keys.Tests;

public sealed class KeysServicesTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("file:")]
    [InlineData("vault:x")]
    [InlineData("azure-key-vault:https://v.vault.azure.net/secrets/x")]
    [InlineData("aws-kms:alias/x")]
    public void AddKeys_SettingMissingOrUnknown_SaysWhichAndNotWhatItWas(string? setting)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Build(setting));

        Assert.StartsWith("SAAS_KEK", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azure-key-vault:https://v.vault.azure.net/keys/root")]
    [InlineData("aws-kms:arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")]
    public void AddKeys_CloudKeys_AreOpenedWithoutACall(string setting)
    {
        using var services = Build(setting);

        Assert.NotNull(services.GetRequiredService<IKeyEncryptionKey>());
    }

    [Theory]
    [InlineData("9")]
    [InlineData("86401")]
    [InlineData("soon")]
    public void AddKeys_KeepOutOfRange_IsRefused(string seconds) =>
        Assert.Throws<InvalidOperationException>(() => Build("file:" + _directory.File("kek"), ("SAAS_KEK_CACHE_SECONDS", seconds)));

    [Fact]
    public async Task Start_KeyFileOpenToOthers_EndsTheStart()
    {
        var path = _directory.File("kek");
        await File.WriteAllTextAsync(path, "saas-key-file 1\n");
        using var services = Build("file:" + path);

        await Assert.ThrowsAsync<KeyFileException>(() => services.GetRequiredService<IHostedService>().StartAsync(default));
    }

    [Fact]
    public void AddKeyDestruction_NeedsNoSetting()
    {
        using var services = Basics().AddKeyDestruction().BuildServiceProvider();

        Assert.NotNull(services.GetRequiredService<RootKeyDestruction>());
    }

    /// <summary>From one file to another (or a cloud's key): the former one still unwraps until all is rewrapped.</summary>
    [Fact]
    public async Task Former_KeyReplacedByAnother_OpensAndIsRewrapped()
    {
        var (first, second) = ("file:" + _directory.File("first"), "file:" + _directory.File("second"));
        var store = new InMemoryTableStore();
        var tenant = new TenantScopes(store).For(Saas.Contracts.TenantId.New(TimeProvider.System));
        byte[] value;
        using (var before = Build(first))
        {
            using var seal = await before.GetRequiredService<TenantKeys>().OpenAsync(tenant, default);
            value = seal.Seal(tenant.Partition("things"), "row", "secret"u8);
        }

        using (var between = Build(second, ("SAAS_KEK_FORMER", first)))
        {
            Assert.True(await OpensAsync(between));
            var rewrap = ActivatorUtilities.CreateInstance<RootKeyRewrap>(between, new PlatformScope(store));
            Assert.Equal(1, (await rewrap.RunAsync(default)).Rewrapped);
        }

        using var after = Build(second);
        Assert.True(await OpensAsync(after));

        using var wrong = Build(first);
        await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => OpensAsync(wrong));

        async Task<bool> OpensAsync(ServiceProvider services)
        {
            using var seal = await services.GetRequiredService<TenantKeys>().OpenAsync(tenant, default);
            using var opened = seal.Open(tenant.Partition("things"), "row", value);
            return opened.Span.SequenceEqual("secret"u8);
        }
    }

    private static ServiceProvider Build(string? kek, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["SAAS_KEK"] = kek };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return Basics().AddKeys(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
    }

    private static IServiceCollection Basics() => new ServiceCollection().AddLogging()
        .AddSingleton(TimeProvider.System).AddSingleton<IChangeSignal>(new InProcessChangeSignal(TimeProvider.System));
}

using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Storage.Tables;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>One tenant on one instance, for the suites of key management.</summary>
public abstract class KeyScenario : IAsyncLifetime
{
    private static readonly Lazy<KeyMaterial> WrappingKey = new(() => KeyMaterial.Generate(KeyType.Rsa4096));

    private protected EncryptionHost Host { get; private set; } = null!;

    private protected Customer Acme { get; private set; } = null!;

    private protected HttpClient Client => Acme.Client;

    public async ValueTask InitializeAsync()
    {
        Host = await StartAsync();
        Acme = await Host.SignUpAsync();
        await ArrangeAsync();
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Host.DisposeAsync();
    }

    private protected virtual Task<EncryptionHost> StartAsync() => EncryptionHost.StartAsync();

    private protected virtual Task ArrangeAsync() => Task.CompletedTask;

    /// <summary>Gives a tenant the wrapping key that all tests share: to make one takes a second.</summary>
    private protected async Task GiveWrappingKeyAsync(Customer customer)
    {
        var ring = new KeyRing(customer.Scope, customer.ProjectId, "transit");
        var row = await Host.Service<SealedKeys>().SealAsync(ring, KeyRows.WrappingKey, WrappingKey.Value, default);
        Assert.True((await ring.Rows.WriteAsync(TableWrite.Insert(KeyRows.WrappingKey, row), default)).IsDone);
    }

    private protected async Task<JsonObject> CreateAsync(string name, JsonObject? options = null) =>
        (await Client.WriteAsync("transit/keys/" + name, options)).MustBeOk().Data;

    private protected async Task<JsonObject> ReadAsync(string name) => (await Client.ReadAsync("transit/keys/" + name)).MustBeOk().Data;

    private protected async Task<JsonObject> RotateAsync(string name, int times = 1)
    {
        VaultReply? last = null;
        for (var i = 0; i < times; i++)
        {
            last = (await Client.WriteAsync($"transit/keys/{name}/rotate")).MustBeOk();
        }

        return last!.Data;
    }

    private protected Task<VaultReply> ConfigureAsync(string name, JsonObject options) => Client.WriteAsync($"transit/keys/{name}/config", options);

    private protected static int Number(JsonObject data, string name) => data[name]!.GetValue<int>();

    private protected static bool Flag(JsonObject data, string name) => data[name]!.GetValue<bool>();

    private protected static string[] Versions(JsonObject data) => [.. data["keys"]!.AsObject().Select(k => k.Key)];
}

using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>One tenant on one instance, for the suites of key management.</summary>
public abstract class KeyScenario : IAsyncLifetime
{
    private protected EncryptionHost Host { get; private set; } = null!;

    private protected Customer Acme { get; private set; } = null!;

    private protected HttpClient Client => Acme.Client;

    public async ValueTask InitializeAsync()
    {
        Host = await StartAsync();
        Acme = await Host.SignUpAsync();
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Host.DisposeAsync();
    }

    private protected virtual Task<EncryptionHost> StartAsync() => EncryptionHost.StartAsync();

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

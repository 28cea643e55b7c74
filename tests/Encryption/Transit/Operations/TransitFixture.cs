using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Transit.Operations;

/// <summary>One app and one customer for the tests of a class; each test takes keys of its own.</summary>
public sealed class TransitFixture : IAsyncLifetime
{
    public EncryptionHost Host { get; private set; } = null!;

    public Customer Acme { get; private set; } = null!;

    public HttpClient Client => Acme.Client;

    public async ValueTask InitializeAsync()
    {
        Host = await EncryptionHost.StartAsync();
        Acme = await Host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>A new key's name.</summary>
    public async Task<string> KeyAsync(string type = "aes256-gcm96", bool derived = false, bool convergent = false, bool exportable = false)
    {
        var name = $"key-{Guid.NewGuid():N}";
        (await Client.WriteAsync($"transit/keys/{name}", new JsonObject
        {
            ["type"] = type, ["derived"] = derived, ["convergent_encryption"] = convergent, ["exportable"] = exportable,
        })).MustBeOk();
        return name;
    }

    public async Task RotateAsync(string name) => (await Client.WriteAsync($"transit/keys/{name}/rotate")).MustBeOk();

    public async Task ConfigureAsync(string name, JsonObject settings) =>
        (await Client.WriteAsync($"transit/keys/{name}/config", settings)).MustBeOk();

    public Task<VaultReply> CallAsync(string path, JsonObject body) => Client.WriteAsync("transit/" + path, body);

    public async Task<string> EncryptAsync(string name, string plaintext, string? context = null, int version = 0)
    {
        var reply = await CallAsync($"encrypt/{name}", new JsonObject
        {
            ["plaintext"] = Base64(plaintext), ["context"] = context is null ? "" : Base64(context), ["key_version"] = version,
        });
        return reply.MustBeOk().Data["ciphertext"]!.GetValue<string>();
    }

    public async Task<string> DecryptAsync(string name, string ciphertext, string? context = null)
    {
        var reply = await CallAsync($"decrypt/{name}", new JsonObject
        {
            ["ciphertext"] = ciphertext, ["context"] = context is null ? "" : Base64(context),
        });
        return Encoding.UTF8.GetString(Convert.FromBase64String(reply.MustBeOk().Data["plaintext"]!.GetValue<string>()));
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static JsonObject Batch(params IEnumerable<JsonNode> items) => new() { ["batch_input"] = new JsonArray([.. items]) };

    public static JsonObject[] Results(VaultReply reply) => [.. reply.Data["batch_results"]!.AsArray().Select(r => r!.AsObject())];
}

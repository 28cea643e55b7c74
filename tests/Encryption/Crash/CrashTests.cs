using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Saas.Encryption.Tests.Shared;
using Saas.Identity.Tenants;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Crash;

/// <summary>The app killed and started again under load, while its key changes.</summary>
public sealed class CrashTests : IAsyncDisposable
{
    private const int Clients = 64;
    private const int Kills = 3;

    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(3);

    private readonly TempDirectory _folder = new();
    private readonly EncryptionProcess _app;
    private readonly HttpClient _http;

    public CrashTests()
    {
        _app = new EncryptionProcess(_folder.Path);
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = _app.Address };
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nothing_decrypts_wrongly_and_whatever_was_answered_can_be_decrypted_afterwards()
    {
        _http.DefaultRequestHeaders.Add("X-Vault-Token", await FoundTenantAsync());
        await _app.StartAsync();
        (await _http.WriteAsync("transit/keys/orders")).MustBeOk();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(i => new CrashClient(_http, i)).ToArray();
        var running = clients.Select(c => Task.Run(() => c.RunAsync(stop.Token))).ToArray();
        var changing = Task.Run(() => ChangeKeyAsync(stop.Token));

        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.WhenAny(Task.Delay(BetweenKills), Task.WhenAny(running));
            await _app.KillAsync();
            await _app.StartAsync();
        }

        await Task.Delay(BetweenKills);
        await stop.CancelAsync();
        await Task.WhenAll([.. running, changing]);

        // The minimum is lowered again: refused was what is old, not lost.
        (await PatientlyAsync("POST", "keys/orders/config", new JsonObject { ["min_decryption_version"] = 1 })).MustBeOk();
        var latest = (await PatientlyAsync("GET", "keys/orders")).MustBeOk().Data["latest_version"]!.GetValue<int>();
        var answered = clients.SelectMany(c => c.Answered).ToArray();
        await MustDecryptAsync(answered);
        Assert.True(latest > 2, $"The key was rotated to version {latest} only.");
        Assert.True(answered.Length > Clients, $"{answered.Length} texts were encrypted.");
        Assert.True(clients.Sum(c => c.Decrypted) > Clients && clients.Sum(c => c.Lost) > 0, "Neither much load nor a crash under it.");
    }

    private async Task<string> FoundTenantAsync()
    {
        using var store = new SqliteTableStore(Path.Combine(_folder.Path, "platform.db"));
        await using var host = await EncryptionHost.StartAsync(store, folder: _folder);
        return (await host.Service<TenantFounding>().FoundAsync("crash", "ops@crash.example", "prod", CancellationToken.None)).ApiKey;
    }

    private async Task ChangeKeyAsync(CancellationToken stop)
    {
        for (var i = 1; !stop.IsCancellationRequested; i++)
        {
            try
            {
                await _http.WriteAsync("transit/keys/orders/rotate");
                if (i % 3 == 0 && await _http.ReadAsync("transit/keys/orders") is { Status: HttpStatusCode.OK } read)
                {
                    var latest = read.Data["latest_version"]!.GetValue<int>();
                    await _http.WriteAsync("transit/keys/orders/config", new JsonObject { ["min_decryption_version"] = Math.Max(1, latest - 3) });
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // It is being killed: what was asked for may have been done or not.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
    }

    private async Task MustDecryptAsync((string Plaintext, string Ciphertext)[] answered)
    {
        foreach (var chunk in answered.Chunk(1_000))
        {
            var reply = await PatientlyAsync("POST", "decrypt/orders", new JsonObject
            {
                ["batch_input"] = new JsonArray([.. chunk.Select(a => new JsonObject { ["ciphertext"] = a.Ciphertext })]),
            });
            var results = reply.MustBeOk().Data["batch_results"]!.AsArray();
            Assert.Equal(chunk.Select(a => a.Plaintext), results.Select(r => r!["plaintext"]!.GetValue<string>()));
        }
    }

    /// <summary>The clients before may have used up what one address may ask for.</summary>
    private async Task<VaultReply> PatientlyAsync(string method, string path, JsonObject? body = null)
    {
        VaultReply? reply = null;
        await Poll.UntilAsync(
            async () => (reply = await _http.CallAsync(method, "transit/" + path, body)).Status != HttpStatusCode.TooManyRequests,
            "a request to be let through", () => reply);
        return reply!;
    }
}

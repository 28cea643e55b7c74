using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Benchmarks.Http;
using Saas.Encryption;
using Saas.Hosting.Hosts;
using Saas.Hosting.Limits;
using Saas.Identity.Tenants;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;

namespace Saas.Benchmarks.Transit;

/// <summary>The encryption app as it is shipped, over the SQLite store, and beside it an app that does nothing.</summary>
internal sealed class TransitHost : IAsyncDisposable
{
    public const string EncryptPath = "/v1/transit/encrypt/bench";

    private static readonly Rate Unlimited = new(100_000_000, 100_000_000);

    private readonly SqliteTableStore _store;
    private readonly WebApplication _ours;
    private readonly WebApplication _empty;

    private TransitHost(string folder, TimeProvider time)
    {
        _store = new SqliteTableStore(Path.Combine(folder, "transit.db"));
        var signal = new InProcessChangeSignal(time);
        var platform = new PlatformServices(
            _store, new StoreMessageQueue(_store, signal, time), new StoreLease(_store, time), signal, time);
        _ours = KestrelHost.Build(new EncryptionModule(), platform, new HostingOptions
        {
            // Ours pays for being listened to, as in production; the empty one has no log at all.
            Logging = logging => logging.AddProvider(new DiscardedLog()),
            Limits = new RateLimits { Plans = new Dictionary<string, Rate> { ["dev"] = Unlimited, ["prod"] = Unlimited }, Address = Unlimited },
            Configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["SAAS_KEK"] = "file:" + Path.Combine(folder, "kek.json"),
                ["SAAS_AUDIT_SPOOL"] = Path.Combine(folder, "audit"),
            }).Build(),
        });

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _empty = builder.Build();
        _empty.MapPost(EncryptPath, () => "ok");
    }

    public Uri Ours => new(_ours.Urls.First());

    public Uri Empty => new(_empty.Urls.First());

    public string Token { get; private set; } = "";

    public static async Task<TransitHost> StartAsync(string folder, TimeProvider time, CancellationToken ct)
    {
        var host = new TransitHost(folder, time);
        await host._ours.StartAsync(ct);
        await host._empty.StartAsync(ct);
        var founded = await host._ours.Services.GetRequiredService<TenantFounding>().FoundAsync("bench", "bench@acme.example", "prod", ct);
        host.Token = founded.ApiKey;
        return host;
    }

    /// <summary>The body of a batch of so many plaintexts of 32 bytes.</summary>
    public static byte[] Batch(int items) => Encoding.ASCII.GetBytes(
        $"{{\"batch_input\":[{string.Join(',', Enumerable.Range(0, items).Select(Plaintext))}]}}");

    public static byte[] Single() => Encoding.ASCII.GetBytes(Plaintext(0));

    public async ValueTask DisposeAsync()
    {
        await _ours.StopAsync();
        await _empty.StopAsync();
        await _ours.DisposeAsync();
        await _empty.DisposeAsync();
        _store.Dispose();
    }

    private static string Plaintext(int i)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Fill((byte)i);
        return $"{{\"plaintext\":\"{Convert.ToBase64String(bytes)}\"}}";
    }
}

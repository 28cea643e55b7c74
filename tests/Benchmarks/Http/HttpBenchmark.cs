using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;
using Saas.Hosting.Hosts;
using Saas.Hosting.Limits;
using Saas.Identity.Tenants;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;

namespace Saas.Benchmarks.Http;

/// <summary>
/// An authenticated GET through all of our pipeline (address and tenant limits, authentication by Identity on the
/// SQLite store, authorization on a resource of the route, metering, audit of the decision) beside an endpoint of
/// ASP.NET Core that answers the same two bytes, under the same load from the same process.
/// </summary>
internal sealed class HttpBenchmark : IBenchmark
{
    private const int Connections = 32;
    private const int Rounds = 9;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);
    private static readonly Rate Unlimited = new(100_000_000, 100_000_000);

    public string Name => "http";

    public string Describe => "authenticated GETs per second through the full pipeline, beside an empty ASP.NET Core endpoint (at least 0.6 of it)";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        using var store = new SqliteTableStore(Path.Combine(context.ScratchDirectory, "http.db"));
        await using var ours = BuildOurs(store, context.Time);
        await using var empty = BuildEmpty();
        await ours.StartAsync(ct);
        await empty.StartAsync(ct);
        var founded = await ours.Services.GetRequiredService<TenantFounding>().FoundAsync("bench", "bench@acme.example", "prod", ct);

        var toOurs = await ConnectAsync(ours, $"/v1/projects/{founded.Project.Id}/things/7", founded.ApiKey, ct);
        var toEmpty = await ConnectAsync(empty, "/", null, ct);
        try
        {
            context.Progress($"{Connections} connections, {Rounds} rounds of {Duration.TotalSeconds} s each");
            var samples = await Interleaved.RunAsync(
                [new Contender("ours", c => LoadAsync(toOurs, c)), new Contender("empty", c => LoadAsync(toEmpty, c))], 2, Rounds, ct);
            context.Note("full pipeline", samples[0], "requests/s");
            context.Note("empty endpoint", samples[1], "requests/s");
            return [Bar.AtLeast("full pipeline / empty endpoint", samples[0].RatioTo(samples[1]).Median, 0.6, "ratio")];
        }
        finally
        {
            toOurs.ForEach(c => c.Dispose());
            toEmpty.ForEach(c => c.Dispose());
            await ours.StopAsync(CancellationToken.None);
            await empty.StopAsync(CancellationToken.None);
        }
    }

    private static WebApplication BuildOurs(SqliteTableStore store, TimeProvider time)
    {
        var signal = new InProcessChangeSignal(time);
        var platform = new PlatformServices(
            store, new StoreMessageQueue(store, signal, time), new StoreLease(store, time), signal, time);
        return KestrelHost.Build(new BenchedModule(), platform, new HostingOptions
        {
            // Ours pays for being listened to, as in production; the empty one has no log at all.
            Logging = logging => logging.AddProvider(new DiscardedLog()),
            Limits = new RateLimits { Plans = new Dictionary<string, Rate> { ["dev"] = Unlimited, ["prod"] = Unlimited }, Address = Unlimited },
        });
    }

    private static WebApplication BuildEmpty()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", () => BenchedModule.Answer);
        return app;
    }

    private static async Task<List<LoadConnection>> ConnectAsync(WebApplication app, string path, string? bearer, CancellationToken ct)
    {
        var connections = new List<LoadConnection>();
        for (var i = 0; i < Connections; i++)
        {
            connections.Add(await LoadConnection.OpenAsync(new Uri(app.Urls.First()), path, bearer, ct));
        }

        return connections;
    }

    private static Task<double> LoadAsync(List<LoadConnection> connections, CancellationToken ct) =>
        Throughput.PerSecondAsync(Duration, connections.Count, (worker, c) => connections[worker].SendAsync(c), ct);
}

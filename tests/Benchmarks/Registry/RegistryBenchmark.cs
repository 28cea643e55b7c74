using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Benchmarks.Http;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Registry;

/// <summary>
/// The two things that a service registry does all day: it says again what is healthy, with everything on that a
/// customer's request meets, beside an empty endpoint of ASP.NET Core; and it tells thousands that wait for one service
/// that it has changed.
/// </summary>
internal sealed class RegistryBenchmark : IBenchmark
{
    private const int Connections = 32;
    private const int Rounds = 9;
    private const int Watchers = 5_000;
    private const int Changes = 5;
    private const string WatchedPath = "/v1/health/service/service-7?passing";

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1.5);

    public string Name => "registry";

    public string Describe =>
        "health/service?passing a second beside an empty endpoint (at least 0.5); 5,000 watchers of a service hear of a change (500 ms, 200 MB)";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct) =>
        [await RepeatedAsync(context, ct), .. await WatchedAsync(context, ct)];

    private static async Task<Bar> RepeatedAsync(BenchmarkContext context, CancellationToken ct)
    {
        context.Progress($"repeated questions: {Connections} connections, {Rounds} rounds of {Duration.TotalSeconds} s each");
        var folder = Directory.CreateDirectory(Path.Combine(context.ScratchDirectory, "repeated")).FullName;
        await using var ours = await BenchedRegistry.StartAsync(folder, context.Time, ct);
        await using var empty = BuildEmpty();
        await empty.StartAsync(ct);
        var toOurs = await ConnectAsync(ours.Address, ours.Token, "passing", ct);
        var toStale = await ConnectAsync(ours.Address, ours.Token, "passing&stale", ct);
        var toEmpty = await ConnectAsync(new Uri(empty.Urls.First()), null, "passing", ct);
        try
        {
            var samples = await Interleaved.RunAsync(
                [
                    new Contender("ours", c => LoadAsync(toOurs, c)),
                    new Contender("empty", c => LoadAsync(toEmpty, c)),
                    new Contender("stale", c => LoadAsync(toStale, c)),
                ],
                2,
                Rounds,
                ct);
            context.Note("health/service?passing, 10 instances", samples[0], "requests/s");
            context.Note("the same with stale: without a look at the store", samples[2], "requests/s");
            context.Note("empty endpoint", samples[1], "requests/s");
            return Bar.AtLeast("health/service?passing / empty endpoint", samples[0].RatioTo(samples[1]).Median, 0.5, "ratio");
        }
        finally
        {
            toOurs.ForEach(c => c.Dispose());
            toStale.ForEach(c => c.Dispose());
            toEmpty.ForEach(c => c.Dispose());
            await empty.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<Bar[]> WatchedAsync(BenchmarkContext context, CancellationToken ct)
    {
        context.Progress($"{Watchers} watchers of one service, {Changes} changes");
        var folder = Directory.CreateDirectory(Path.Combine(context.ScratchDirectory, "watched")).FullName;
        await using var server = await ServerProcess.StartAsync([RegistryServer.Verb, folder], ct);
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("X-Consul-Token", server.Token);
        await ChangeAsync(client, 0, ct);
        var before = server.ReadResidentMegabytes().Now;
        var (milliseconds, evaluations) = (new List<double>(), new List<double>());
        for (var change = 1; change <= Changes; change++)
        {
            var (last, worked) = await ChangeWatchedAsync(server, client, change, ct);
            milliseconds.Add(last);
            evaluations.Add(worked);
        }

        var delay = new Sample(milliseconds);
        context.Note("from the change until the last watcher has it", delay, "ms");
        context.Note("answers worked out for a change", new Sample(evaluations), "");
        return
        [
            Bar.Under("a change reaches the last of 5,000 watchers", delay.Median, 500, "ms"),
            Bar.Under("memory of 5,000 watchers, five changes told", server.ReadResidentMegabytes().Peak - before, 200, "MB"),
            Bar.Under("answers worked out for 5,000 watchers", evaluations.Max(), 3, "answers"),
        ];
    }

    /// <summary>All wait; then one check changes.</summary>
    private static async Task<(double Milliseconds, double Evaluations)> ChangeWatchedAsync(
        ServerProcess server, HttpClient client, int change, CancellationToken ct)
    {
        var index = await IndexAsync(client, ct);
        var watchers = Enumerable.Range(0, Watchers).Select(_ => new Watcher()).ToList();
        try
        {
            await Parallel.ForEachAsync(watchers, ct, async (watcher, c) =>
                await watcher.BlockAsync(server.Address, server.Token, $"{WatchedPath}&wait=5m&index={index}", c));

            // The requests are sent; what is still on its way has two seconds to be let wait.
            await Task.Delay(TimeSpan.FromSeconds(2), ct);
            if (watchers.Any(w => w.AnsweredAt.IsCompleted))
            {
                throw new InvalidOperationException("A watcher was answered before anything changed.");
            }

            var worked = await EvaluationsAsync(server, ct);
            var begun = Stopwatch.GetTimestamp();
            await ChangeAsync(client, change, ct);
            var answered = await Task.WhenAll(watchers.Select(w => w.AnsweredAt));
            return (Stopwatch.GetElapsedTime(begun, answered.Max()).TotalMilliseconds, await EvaluationsAsync(server, ct) - worked);
        }
        finally
        {
            watchers.ForEach(w => w.Dispose());
        }
    }

    /// <summary>How often the server has worked an answer out.</summary>
    private static async Task<long> EvaluationsAsync(ServerProcess server, CancellationToken ct) =>
        long.Parse(await server.AskAsync("", ct), CultureInfo.InvariantCulture);

    private static async Task<string> IndexAsync(HttpClient client, CancellationToken ct)
    {
        using var answer = await client.GetAsync(new Uri(WatchedPath, UriKind.Relative), ct);
        return answer.EnsureSuccessStatusCode().Headers.GetValues("X-Consul-Index").Single();
    }

    private static async Task ChangeAsync(HttpClient client, int change, CancellationToken ct)
    {
        var status = change % 2 == 1 ? "critical" : "passing";
        using var body = JsonContent.Create(new
        {
            Node = "node-7",
            SkipNodeUpdate = true,
            Check = new { CheckID = "service:service-7", Name = "alive", Status = status, ServiceID = "service-7", Output = change.ToString(CultureInfo.InvariantCulture) },
        });
        using var answer = await client.PutAsync(new Uri("/v1/catalog/register", UriKind.Relative), body, ct);
        answer.EnsureSuccessStatusCode();
    }

    private static WebApplication BuildEmpty()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/v1/health/service/{service}", static () => "ok");
        return app;
    }

    private static async Task<List<LoadConnection>> ConnectAsync(Uri server, string? token, string query, CancellationToken ct)
    {
        var connections = new List<LoadConnection>();
        for (var i = 0; i < Connections; i++)
        {
            // Each asks about a service of its own.
            connections.Add(await LoadConnection.OpenAsync(server, $"/v1/health/service/service-{i}?{query}", token, ct));
        }

        return connections;
    }

    private static Task<double> LoadAsync(List<LoadConnection> connections, CancellationToken ct) =>
        Throughput.PerSecondAsync(Duration, connections.Count, (worker, c) => connections[worker].SendAsync(c), ct);
}

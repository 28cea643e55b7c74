using System.Diagnostics;
using Saas.Benchmarks.Assign;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Registry;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.JobsApi;

/// <summary>
/// A thousand enrolled agents poll for work, and a thousand clients wait for ten jobs, half of them for the job and half for
/// its allocations. One job gets an instance more: its clients and one agent hear of it, and nobody else.
/// </summary>
internal static class WaitingCrowd
{
    private const int Agents = 1_000;
    private const int Clients = 1_000;
    private const int Jobs = 10;
    private const int Changes = 10;

    private static readonly TimeSpan HeartbeatTtl = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        context.Progress($"{Agents} agents, {Clients} clients, {Changes} changes");
        var folder = Directory.CreateDirectory(Path.Combine(context.ScratchDirectory, "crowd")).FullName;
        await using var server = await JobsServer.LaunchAsync(folder, nodes: 0, HeartbeatTtl, ct);
        context.Note("resident memory before anybody has come", new Sample([server.ReadResidentMegabytes().Now]), "MB");
        var agents = await EnrolAsync(server, ct);
        try
        {
            for (var job = 0; job < Jobs; job++)
            {
                await JobsApiBenchmark.PutAsync(server.Client, JobTexts.Register($"web-{job}", groups: 1, countEach: 1), ct);
            }

            await Task.Delay(Quiet, ct);
            var (clients, any, busy, uninvited) = (new List<double>(), new List<double>(), 0.0, 0);
            for (var change = 1; change <= Changes; change++)
            {
                var told = await ChangeAsync(server, agents, change, ct);
                clients.Add(told.LastClient);
                any.Add(told.Agent);
                busy = Math.Max(busy, told.BusyWhileQuiet);
                uninvited += told.Uninvited;
            }

            context.Note("from the change until the last of its hundred clients has it", new Sample(clients), "ms");
            context.Note("from the change until the agent has the allocation", new Sample(any), "ms");
            context.Note("a processor's share while nothing changes, most of all rounds", new Sample([100 * busy]), "%");
            var memory = server.ReadResidentMegabytes();
            context.Note("resident memory at the end", new Sample([memory.Now]), "MB");
            return
            [
                Bar.Under($"most memory with {Agents} agents and {Clients} blocked clients", memory.Peak, 300, "MB"),
                Bar.Under("a change reaches the last client it concerns, median", new Sample(clients).Median, 200, "ms"),
                Bar.Under("a change reaches the last client it concerns, slowest", clients.Max(), 200, "ms"),
                Bar.Under("a change reaches the agent it concerns, slowest", any.Max(), 200, "ms"),
                Bar.Under("clients answered without a change of theirs", uninvited, 1, "clients"),
            ];
        }
        finally
        {
            foreach (var agent in agents)
            {
                await agent.DisposeAsync();
            }
        }
    }

    private static async Task<IReadOnlyList<AgentChannel>> EnrolAsync(ServerProcess server, CancellationToken ct)
    {
        var tokens = (await server.AskAsync($"{JobsServer.Tokens} {Agents}", ct)).Split(' ');
        var agents = new AgentChannel[Agents];
        await Parallel.ForAsync(0, Agents, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (i, c) =>
            agents[i] = await AgentChannel.StartAsync(server.Address, tokens[i], c));
        return agents;
    }

    private static async Task<Told> ChangeAsync(ServerProcess server, IReadOnlyList<AgentChannel> agents, int change, CancellationToken ct)
    {
        var watchers = new List<(int Job, Watcher Watcher)>();
        try
        {
            for (var i = 0; i < Clients; i++)
            {
                var path = PathOf(i);
                var watcher = new Watcher();
                watchers.Add((i % Jobs, watcher));
                await watcher.BlockAsync(server.Address, server.Token, $"{path}?wait=5m&index={await IndexAsync(server, path, i, ct)}", ct);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            var spent = server.ReadProcessorTime();
            await Task.Delay(Quiet, ct);
            var busy = (server.ReadProcessorTime() - spent) / Quiet;
            if (watchers.Any(static entry => entry.Watcher.AnsweredAt.IsCompleted))
            {
                throw new InvalidOperationException("A client was answered before anything changed.");
            }

            var (changed, born) = (change % Jobs, $"new-{change}");
            var begun = Stopwatch.GetTimestamp();
            await JobsApiBenchmark.PutAsync(server.Client, JobTexts.Register($"web-{changed}", groups: 1, countEach: 1, version: $"{change + 1}"), ct);
            var told = await Task.WhenAll(watchers.Where(entry => entry.Job == changed).Select(static entry => entry.Watcher.AnsweredAt));
            var last = Stopwatch.GetElapsedTime(begun, told.Max()).TotalMilliseconds;

            // Which node it is is the scheduler's to say: whoever holds a job of a new name was told of it.
            var held = agents.Select(agent => agent.WhenHeldAsync(born, ct)).ToList();
            begun = Stopwatch.GetTimestamp();
            await JobsApiBenchmark.PutAsync(server.Client, JobTexts.Register(born, groups: 1, countEach: 1), ct);
            var agent = Stopwatch.GetElapsedTime(begun, await await Task.WhenAny(held)).TotalMilliseconds;

            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            return new Told(last, agent, busy, watchers.Count(entry => entry.Job != changed && entry.Watcher.AnsweredAt.IsCompleted));
        }
        finally
        {
            watchers.ForEach(static entry => entry.Watcher.Dispose());
        }
    }

    private static string PathOf(int client) => $"/v1/job/web-{client % Jobs}" + (client / Jobs % 2 == 0 ? "" : "/allocations");

    /// <summary>Asked once for each path, while nothing changes.</summary>
    private static async Task<string> IndexAsync(ServerProcess server, string path, int client, CancellationToken ct)
    {
        if (client >= 2 * Jobs)
        {
            return Known[path];
        }

        using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative), ct);
        return Known[path] = answer.EnsureSuccessStatusCode().Headers.GetValues("X-Nomad-Index").Single();
    }

    private static readonly Dictionary<string, string> Known = [];

    /// <param name="LastClient">Milliseconds.</param>
    /// <param name="Agent">Milliseconds.</param>
    /// <param name="BusyWhileQuiet">Of one processor.</param>
    private sealed record Told(double LastClient, double Agent, double BusyWhileQuiet, int Uninvited);
}

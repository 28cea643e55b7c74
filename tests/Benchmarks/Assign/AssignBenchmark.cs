using System.Diagnostics;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Platform;
using Saas.Benchmarks.Runner;
using Saas.Local.Platform;

namespace Saas.Benchmarks.Assign;

/// <summary>
/// From the moment a client begins to send a job until the agent's long poll has answered with its allocation: over
/// real HTTP, with the job, its evaluation and the plan durable on disk in between. One job after the other, each gone
/// from the machine before the next, so that the figure is the way's and not a queue's.
/// </summary>
internal sealed class AssignBenchmark : IBenchmark
{
    private const int WarmUps = 20;
    private const int Jobs = 101;
    private const double BarMilliseconds = 100;

    public string Name => "assign";

    public string Describe => $"job submitted until the agent holds the assignment, one machine: median under {BarMilliseconds} ms";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        await using var platform = await LocalPlatform.StartAsync(
            new DirectoryInfo(context.ScratchDirectory), firstPort: 0, LogTarget.File, ct);
        using var tenant = await TenantClient.SignUpAsync(platform, ct);
        await using var agent = await AgentChannel.StartAsync(
            platform.Apps["provisioning"], await tenant.CreateEnrolmentTokenAsync(ct), ct);

        var job = 0;
        var accepted = new List<double>();
        async Task<double> SubmitAsync(CancellationToken token)
        {
            var id = $"job-{++job}";
            var held = agent.WhenHeldAsync(id, token);
            var begin = Stopwatch.GetTimestamp();
            await tenant.SubmitAsync(id, token);
            accepted.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            var taken = Stopwatch.GetElapsedTime(begin, await held).TotalMilliseconds;

            await tenant.StopAsync(id, token);
            await agent.WhenGoneAsync(id, token);
            return taken;
        }

        async Task<double> ReadAsync(CancellationToken token)
        {
            var begin = Stopwatch.GetTimestamp();
            await tenant.NodesAsync(token);
            return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }

        var samples = await Interleaved.RunAsync(
            [new Contender("assign", SubmitAsync), new Contender("read", ReadAsync)], WarmUps, Jobs, ct);

        context.Note("an authenticated GET of the nodes, for scale", samples[1], "ms");
        context.Note("submitted until accepted (durable)", new Sample([.. accepted.Skip(WarmUps)]), "ms");
        context.Note("submitted until the agent holds it", samples[0], "ms");
        return [Bar.Under("median from submission to assignment", samples[0].Median, BarMilliseconds, "ms")];
    }
}

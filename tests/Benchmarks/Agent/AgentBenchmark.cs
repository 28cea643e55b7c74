using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Platform;
using Saas.Benchmarks.Runner;
using Saas.Local.Platform;

namespace Saas.Benchmarks.Agent;

/// <summary>
/// What the agent takes from a machine that has nothing to run: enrolled, its fingerprint sent, long-polling the real
/// platform. The bar is held by the highest sample, not by a lucky one.
/// </summary>
internal sealed class AgentBenchmark : IBenchmark
{
    private const double BarMegabytes = 80;
    private const int Samples = 40;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    /// <summary>Two rounds of long polls, heartbeats and usage.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    public string Name => "agent";

    public string Describe => $"resident memory of an idle, enrolled agent: under {BarMegabytes} MB";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        await using var platform = await LocalPlatform.StartAsync(
            new DirectoryInfo(context.ScratchDirectory), firstPort: 0, LogTarget.File, ct);
        using var tenant = await TenantClient.SignUpAsync(platform, ct);
        await using var agent = await AgentProcess.StartAsync(
            platform.Apps["provisioning"], await tenant.CreateEnrolmentTokenAsync(ct), context.ScratchDirectory, ct);
        await WaitUntilReadyAsync(context, tenant, agent, ct);

        context.Progress($"enrolled and ready; idle for {Settle.TotalSeconds} s before measuring");
        await Task.Delay(Settle, context.Time, ct);
        var megabytes = new List<double>();
        for (var i = 0; i < Samples; i++)
        {
            megabytes.Add(agent.ReadResidentMegabytes());
            await Task.Delay(Between, context.Time, ct);
        }

        var sample = new Sample(megabytes);
        context.Note("resident memory, idle", sample, "MB");
        return [Bar.Under("highest resident memory while idle", sample.Percentile(100), BarMegabytes, "MB")];
    }

    private static async Task WaitUntilReadyAsync(
        BenchmarkContext context, TenantClient tenant, AgentProcess agent, CancellationToken ct)
    {
        var begin = context.Time.GetTimestamp();
        for (; ; )
        {
            // Ends at once, with what it said, where the agent has ended.
            agent.ReadResidentMegabytes();
            var nodes = await tenant.NodesAsync(ct);
            if (nodes.EnumerateArray().Any(n => n.GetProperty("Status").GetString() == "ready"))
            {
                return;
            }

            if (context.Time.GetElapsedTime(begin) > ReadyWithin)
            {
                throw new TimeoutException($"The agent was not ready within {ReadyWithin.TotalSeconds} s: {nodes}");
            }

            await Task.Delay(Between, context.Time, ct);
        }
    }
}

using System.Globalization;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Crash;

/// <summary>The platform is killed while customers submit: what it accepted runs, once, and is billed once.</summary>
[Collection("machine")]
public sealed class PlatformCrashTests(ITestOutputHelper output)
{
    private const int Jobs = 50;
    private const int CpuMhz = 20;

    [Fact]
    public async Task Every_accepted_job_runs_exactly_as_often_as_it_asks_and_nothing_is_billed_twice()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var run = Guid.NewGuid().ToString("N")[..8];
        using var folder = new TemporaryFolder();
        await using var platform = await LocalPlatform.StartAsync(folder["data"]);
        using var customer = await Customer.SignUpAsync(platform);
        await using var agent = await customer.StartAgentAsync(folder["agent"]);
        var counts = Enumerable.Range(0, Jobs).ToDictionary(i => $"{run}-{i:00}", _ => random.Next(1, 3));

        try
        {
            var submitted = SubmitAllAsync(customer, counts);
            var kills = 0;
            while (!submitted.IsCompleted)
            {
                await Task.Delay(random.Next(20, 700));
                await platform.KillAndRestartAsync();
                kills++;
            }

            await submitted;
            output.WriteLine($"{kills} kills");

            var running = await Eventually.Async(
                () => Task.FromResult(Mine(run)),
                seen => counts.All(c => seen.GetValueOrDefault(c.Key) == c.Value),
                TimeSpan.FromSeconds(90),
                seen => "jobs not as asked: " + string.Join(", ", counts.Where(c => seen.GetValueOrDefault(c.Key) != c.Value).Select(c => $"{c.Key} asks {c.Value}, runs {seen.GetValueOrDefault(c.Key)}")) + platform.Transcript + agent.Process.Transcript);
            Assert.Equal(counts.Values.Sum(), running.Values.Sum());

            await AssertBilledOnceAsync(customer, counts);
        }
        finally
        {
            await StopAllAsync(customer, counts.Keys, run);
        }
    }

    /// <summary>Repeats a submission until it is accepted, as every client does whose server went away.</summary>
    private static async Task SubmitAllAsync(Customer customer, Dictionary<string, int> counts)
    {
        foreach (var (job, count) in counts)
        {
            while (!await TrySubmitAsync(customer, job, count))
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task<bool> TrySubmitAsync(Customer customer, string job, int count)
    {
        try
        {
            using var answer = await customer.SubmitAsync(job, "exec", Workload.Sleeper(job), count);
            Assert.True((int)answer.StatusCode is 200 or 503 or 429, await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // Killed under the request: whether it was accepted is unknown, so it is asked again.
        }
    }

    /// <summary>No more than the allocations ran for, and not less than what ran before the last samples.</summary>
    private static async Task AssertBilledOnceAsync(Customer customer, Dictionary<string, int> counts)
    {
        var started = new List<DateTimeOffset>();
        foreach (var job in counts.Keys)
        {
            // The processes run; that they do is reported a moment later.
            var allocations = await Eventually.Async(
                () => customer.AllocationsAsync(job),
                seen => seen.All(a => a.State == "running"),
                TimeSpan.FromSeconds(30),
                seen => $"{job}: {string.Join(", ", seen)}");
            foreach (var (id, _) in allocations)
            {
                var task = (await customer.AllocationAsync(id)).GetProperty("TaskStates").GetProperty("main");
                started.Add(DateTimeOffset.Parse(task.GetProperty("StartedAt").GetString()!, CultureInfo.InvariantCulture));
            }
        }

        decimal Reserved(DateTimeOffset at) => started.Sum(s => (decimal)Math.Max(0, (at - s).TotalSeconds)) * CpuMhz / 1000;
        var least = Reserved(TimeProvider.System.GetUtcNow()) * 0.9m;
        var billed = await Eventually.Async(
            async () => (await customer.UsageAsync()).GetProperty("totals").GetProperty("vcpuSeconds").GetDecimal(),
            seen => seen >= least,
            TimeSpan.FromSeconds(30),
            seen => $"billed {seen} vCPU-seconds, at least {least} were reserved");
        Assert.InRange(billed, least, Reserved(TimeProvider.System.GetUtcNow()));
    }

    private static async Task StopAllAsync(Customer customer, IEnumerable<string> jobs, string run)
    {
        foreach (var job in jobs)
        {
            await customer.StopJobAsync(job);
        }

        await Eventually.Async(() => Task.FromResult(Mine(run)), seen => seen.Count == 0, TimeSpan.FromSeconds(60), seen => $"{seen.Count} jobs did not stop");
    }

    private static Dictionary<string, int> Mine(string run) =>
        Workload.Count().Where(c => c.Key.StartsWith(run, StringComparison.Ordinal)).ToDictionary(c => c.Key, c => c.Value);
}

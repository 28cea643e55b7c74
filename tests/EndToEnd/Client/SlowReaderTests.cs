using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>A client that does not read holds up himself alone, and costs the platform and the agent a window.</summary>
[Collection("client")]
public sealed class SlowReaderTests(ClientSite site, ITestOutputHelper output)
{
    private const int LogBytes = 100 * 1024 * 1024;

    /// <summary>Megabytes; far below what the log has, far above what a garbage collector makes of other requests.</summary>
    private const int MostGrowth = 60;

    /// <summary>Between looks: fewer a second than the plan allows.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    [Fact]
    public async Task A_hundred_megabytes_wait_for_their_reader_in_bounded_memory_while_others_are_prompt()
    {
        var allocation = await site.RunAsync("large", "exec sleep 1000", logMB: 300);
        var log = System.IO.Path.Combine(site.FolderOf(allocation), "alloc/logs/main.stdout.0");
        await Eventually.Async(() => Task.FromResult(File.Exists(log)), static seen => seen, TimeSpan.FromSeconds(30), static _ => "no log");
        var content = new byte[LogBytes];
        new Random(3).NextBytes(content);
        await File.WriteAllBytesAsync(log, content);

        // The same without a reader that stalls: what requests cost anyway.
        await LooksAsync();
        var (platform, agent) = (MegabytesOf(site.Platform.ProcessId), MegabytesOf(site.Agent.Process.Id));
        using var response = await site.OpenAsync($"/v1/client/fs/logs/{allocation}?task=main&type=stdout&plain=true");
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, read) = (new byte[64 * 1024], 0L);
        await ReadAsync(1_000_000);

        var clock = Stopwatch.StartNew();
        var slowest = 0.0;
        while (clock.Elapsed < TimeSpan.FromSeconds(8))
        {
            slowest = Math.Max(slowest, await LooksAsync());
        }

        var growth = (Platform: MegabytesOf(site.Platform.ProcessId) - platform, Agent: MegabytesOf(site.Agent.Process.Id) - agent);
        output.WriteLine($"stalled: platform +{growth.Platform} MB, agent +{growth.Agent} MB, slowest look beside it {slowest:0} ms");
        Assert.InRange(growth.Platform, int.MinValue, MostGrowth);
        Assert.InRange(growth.Agent, int.MinValue, MostGrowth);
        Assert.InRange(slowest, 0, 2000);

        clock.Restart();
        await ReadAsync(LogBytes);
        output.WriteLine($"then {(LogBytes - 1_000_000) / clock.Elapsed.TotalSeconds / 1e6:0} MB/s");
        Assert.Equal(LogBytes, read);
        Assert.Equal(SHA256.HashData(content), hash.GetHashAndReset());
        await site.Customer.StopJobAsync("large");

        async Task ReadAsync(long until)
        {
            while (read < until && await stream.ReadAsync(buffer) is var count && count > 0)
            {
                hash.AppendData(buffer, 0, count);
                read += count;
            }
        }
    }

    /// <returns>Milliseconds of the slowest.</returns>
    private async Task<double> LooksAsync()
    {
        var slowest = 0.0;
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(Pause);
            var clock = Stopwatch.GetTimestamp();
            await site.JsonAsync($"/v1/client/fs/ls/{site.Allocation}");
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        return slowest;
    }

    private static int MegabytesOf(int process) => int.Parse(
        File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;
}

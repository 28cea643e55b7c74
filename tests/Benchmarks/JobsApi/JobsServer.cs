using System.Globalization;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.JobsApi;

/// <summary>
/// <see cref="BenchedJobs"/> in a process of its own, so that its memory and its collections are not those of the load: this
/// program, started again with <see cref="Verb"/>. It says where it listens and with which token, then answers a line with
/// a line until its input ends.
/// </summary>
internal static class JobsServer
{
    public const string Verb = "serve-jobs";

    /// <summary>With a number: that many enrolment tokens.</summary>
    public const string Tokens = "tokens";

    /// <summary>Has agents report everything: see <see cref="BenchedJobs.ReportAllAsync"/>.</summary>
    public const string Report = "report";

    public static Task<ServerProcess> LaunchAsync(string folder, int nodes, TimeSpan heartbeatTtl, CancellationToken ct) =>
        ServerProcess.StartAsync([Verb, folder, Text(nodes), Text((int)heartbeatTtl.TotalSeconds)], ct);

    /// <param name="arguments">The folder, the number of nodes, and the seconds after which a silent node is down.</param>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken ct)
    {
        var (folder, nodes, ttl) = (arguments[0], Number(arguments[1]), TimeSpan.FromSeconds(Number(arguments[2])));
        await using var jobs = await BenchedJobs.StartAsync(folder, nodes, ttl, ct);
        await Console.Out.WriteLineAsync($"{jobs.Address} {jobs.Token}");
        while (await Console.In.ReadLineAsync(ct) is { } line)
        {
            await Console.Out.WriteLineAsync(line.Split(' ') switch
            {
                [Tokens, var count] => string.Join(' ', await jobs.IssueTokensAsync(Number(count), ct)),
                [Report] => (await jobs.ReportAllAsync(ct)).ToString(CultureInfo.InvariantCulture),
                _ => "?",
            });
        }

        return BenchmarkRunner.EveryBarHolds;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

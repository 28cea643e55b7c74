using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.JobsApi;

/// <summary>
/// Nomad's API as its clients meet it, over real HTTP, the scheduler at work in the same process: jobs of ten groups are
/// registered, a page is read of a large cell, and a thousand agents and a thousand clients wait.
/// </summary>
internal sealed class JobsApiBenchmark : IBenchmark
{
    private const int WarmUps = 1_500;
    private const int Registrations = 250;
    private const int PageWarmUps = 100;
    private const int Jobs = 10;
    private const int Groups = 10;
    private const int CountEach = 100;
    private const int Pages = 60;

    private static readonly TimeSpan NobodyDies = TimeSpan.FromHours(1);

    public string Name => "jobs-api";

    public string Describe =>
        "a job of 10 groups registered (10 ms); a filtered page of 10,000 allocations (30 ms); 1,000 agents and 1,000 blocked clients (300 MB, 200 ms)";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct) =>
        [await RegisterAsync(context, ct), await ListAsync(context, ct), .. await WaitingCrowd.RunAsync(context, ct)];

    private static async Task<Bar> RegisterAsync(BenchmarkContext context, CancellationToken ct)
    {
        context.Progress($"{Registrations} jobs of {Groups} groups, one after the other");
        var folder = Directory.CreateDirectory(Path.Combine(context.ScratchDirectory, "register")).FullName;
        await using var server = await JobsServer.LaunchAsync(folder, nodes: 100, NobodyDies, ct);
        var (taken, spent) = (new List<double>(), TimeSpan.Zero);
        for (var job = 0; job < WarmUps + Registrations; job++)
        {
            spent = job == WarmUps ? server.ReadProcessorTime() : spent;
            taken.Add(await PutAsync(server.Client, JobTexts.Register($"job-{job}", Groups, countEach: 1), ct));
        }

        var sample = new Sample(taken[WarmUps..]);
        context.Note($"registration of a job of {Groups} groups", sample, "ms");
        context.Note(
            "processor time of the server for each, scheduling included",
            new Sample([(server.ReadProcessorTime() - spent).TotalMilliseconds / Registrations]), "ms");
        context.Note("the same: 99th percentile", new Sample([sample.Percentile(99)]), "ms");
        return Bar.Under($"median of registering a job of {Groups} groups", sample.Median, 10, "ms");
    }

    private static async Task<Bar> ListAsync(BenchmarkContext context, CancellationToken ct)
    {
        const int All = Jobs * Groups * CountEach;
        context.Progress($"{All} allocations");
        var folder = Directory.CreateDirectory(Path.Combine(context.ScratchDirectory, "list")).FullName;
        await using (var first = await JobsServer.LaunchAsync(folder, nodes: 100, NobodyDies, ct))
        {
            for (var job = 0; job < Jobs; job++)
            {
                await PutAsync(first.Client, JobTexts.Register($"job-{job}", Groups, CountEach), ct);
            }

            while (await first.AskAsync(JobsServer.Report, ct) != $"{All}")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
            }
        }

        var some = "/v1/allocations?per_page=100&filter=" + Uri.EscapeDataString("JobID == \"job-7\" and ClientStatus == \"running\"");
        var none = "/v1/allocations?per_page=100&filter=" + Uri.EscapeDataString("JobID matches \"^no-such\"");
        await using var server = await JobsServer.LaunchAsync(folder, nodes: 100, NobodyDies, ct);
        await GetAsync(server.Client, "/v1/regions", 1, ct);
        context.Note("first filtered page of a process that has just started", new Sample([await GetAsync(server.Client, some, 100, ct)]), "ms");
        async Task<double> SomeAsync(CancellationToken token) => await GetAsync(server.Client, some, 100, token);
        async Task<double> NoneAsync(CancellationToken token) => await GetAsync(server.Client, none, 0, token);
        async Task<double> PlainAsync(CancellationToken token) => await GetAsync(server.Client, "/v1/allocations?per_page=100", 100, token);
        var samples = await Interleaved.RunAsync(
            [new Contender("filtered", SomeAsync), new Contender("nothing", NoneAsync), new Contender("plain", PlainAsync)], PageWarmUps, Pages, ct);
        context.Note($"first page of {All} allocations, a tenth of which the filter leaves", samples[0], "ms");
        context.Note("a filter that leaves none, so that all are looked at", samples[1], "ms");
        context.Note("first page without a filter", samples[2], "ms");
        var spent = server.ReadProcessorTime();
        for (var page = 0; page < Pages; page++)
        {
            await SomeAsync(ct);
        }

        context.Note("processor time of the server for each filtered page", new Sample([(server.ReadProcessorTime() - spent).TotalMilliseconds / Pages]), "ms");
        context.Note("resident memory of the process", new Sample([server.ReadResidentMegabytes().Now]), "MB");
        return Bar.Under($"median of a filtered page of {All} allocations", samples[0].Median, 30, "ms");
    }

    public static async Task<double> PutAsync(HttpClient client, string body, CancellationToken ct)
    {
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        var begun = Stopwatch.GetTimestamp();
        using var answer = await client.PutAsync(new Uri("/v1/jobs", UriKind.Relative), content, ct);
        await ReadAsync(answer, ct);
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    /// <param name="expected">How many things there should be in the answer.</param>
    private static async Task<double> GetAsync(HttpClient client, string path, int expected, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), ct);
        var bytes = await ReadAsync(answer, ct);
        var taken = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.GetArrayLength() == expected
            ? taken
            : throw new InvalidOperationException($"{path} has {document.RootElement.GetArrayLength()} things; expected {expected}.");
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(ct);
        return answer.IsSuccessStatusCode
            ? bytes
            : throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(bytes)}");
    }
}

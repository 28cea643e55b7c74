using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Saas.Benchmarks.Runner;

/// <summary>The command line: <c>list</c>, <c>all</c> or the name of one benchmark.</summary>
/// <param name="console">For people.</param>
/// <param name="output">Gets the JSON line, which must not be wrapped at the console's width.</param>
internal sealed class BenchmarkRunner(
    IReadOnlyList<IBenchmark> benchmarks, IAnsiConsole console, TextWriter output, TimeProvider time)
{
    public const int EveryBarHolds = 0;
    public const int BarDoesNotHold = 1;
    public const int NotUnderstood = 2;
    public const int CouldNotRun = 3;

    private static readonly BenchmarkJson Json = new(new JsonSerializerOptions(BenchmarkJson.Default.Options)
    {
        // The line goes to a terminal or a file, never into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        if (args is ["list"])
        {
            List(output);
            return EveryBarHolds;
        }

        var chosen = args is ["all"] ? benchmarks : [.. benchmarks.Where(b => args is [var name] && b.Name == name)];
        if (chosen.Count == 0)
        {
            await output.WriteLineAsync("Expected the name of one benchmark, or 'all', or 'list'. There are:");
            List(output);
            return NotUnderstood;
        }

#if DEBUG
        console.MarkupLine("[yellow]This is a Debug build: its figures mean nothing. Run with -c Release.[/]");
#endif
        var machine = Machine.Read();
        console.MarkupLineInterpolated(
            $"[grey]{machine.Cores} cores, {machine.MemoryGib:0.0} GiB, {machine.Cpu}, {machine.Os}, {machine.Runtime}[/]");

        var bars = new List<Bar>();
        var failed = false;
        foreach (var benchmark in chosen)
        {
            try
            {
                var measured = await RunOneAsync(benchmark, machine, ct);
                bars.AddRange(args is ["all"]
                    ? measured.Select(b => b with { Name = $"{benchmark.Name}: {b.Name}" })
                    : measured);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                console.MarkupLineInterpolated($"[red]{benchmark.Name} could not run[/]");
                console.WriteException(e);
                failed = true;
            }
        }

        var result = new BenchmarkResult(args[0], machine, bars);
        await output.WriteLineAsync(JsonSerializer.Serialize(result, Json.BenchmarkResult));
        return failed ? CouldNotRun : bars.TrueForAll(b => b.Holds) ? EveryBarHolds : BarDoesNotHold;
    }

    private async Task<IReadOnlyList<Bar>> RunOneAsync(IBenchmark benchmark, Machine machine, CancellationToken ct)
    {
        // What ran before must not be collected at this one's expense.
        GC.Collect();
        GC.WaitForPendingFinalizers();

        var scratch = Directory.CreateTempSubdirectory("saas-bench-");
        try
        {
            var context = new BenchmarkContext(machine, scratch.FullName, time, console);
            var bars = await benchmark.RunAsync(context, ct);
            console.Write(ResultTable.Of(benchmark.Name, context.Figures, bars));
            return bars;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private void List(TextWriter to)
    {
        foreach (var benchmark in benchmarks)
        {
            to.WriteLine($"{benchmark.Name,-10} {benchmark.Describe}");
        }
    }
}

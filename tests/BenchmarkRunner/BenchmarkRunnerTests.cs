using System.Text.Json;
using Saas.Benchmarks;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;
using Spectre.Console;

namespace Saas.BenchmarkRunner.Tests;

/// <summary>What scripts rely on: the exit code and the last line.</summary>
public sealed class BenchmarkRunnerTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Run_EveryBarHolds_0AndTheLastLineIsTheResult()
    {
        var code = await RunAsync("fast");

        Assert.Equal(0, code);
        using var result = LastLine();
        Assert.Equal("fast", result.RootElement.GetProperty("name").GetString());
        Assert.Equal(Environment.ProcessorCount, result.RootElement.GetProperty("machine").GetProperty("cores").GetInt32());
        Assert.Equal(
            """[{"name":"fast enough","value":1.5,"bar":1,"unit":"ratio","holds":true}]""",
            result.RootElement.GetProperty("bars").GetRawText());
    }

    [Fact]
    public async Task Run_ABarDoesNotHold_1()
    {
        Assert.Equal(1, await RunAsync("slow"));

        using var result = LastLine();
        Assert.False(result.RootElement.GetProperty("bars")[0].GetProperty("holds").GetBoolean());
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("")]
    [InlineData("fast", "slow")]
    [InlineData]
    public async Task Run_NotUnderstood_2AndTheList(params string[] args)
    {
        Assert.Equal(2, await RunAsync(args));

        Assert.Contains("fast", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_List_0AndEveryName()
    {
        Assert.Equal(0, await RunAsync("list"));

        Assert.Equal(["fast", "slow", "broken"], _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]));
    }

    [Fact]
    public async Task Run_AllAndOneCannotRun_3AndTheBarsOfTheOthersUnderTheirNames()
    {
        Assert.Equal(3, await RunAsync("all"));

        using var result = LastLine();
        Assert.Equal("all", result.RootElement.GetProperty("name").GetString());
        Assert.Equal(
            ["fast: fast enough", "slow: fast enough"],
            result.RootElement.GetProperty("bars").EnumerateArray().Select(b => b.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Run_ItsScratchDirectory_IsGoneAfterwards()
    {
        var benchmark = new FixedBenchmark("fast", Bar.AtLeast("b", 1, 1, "ratio"));
        await new Benchmarks.Runner.BenchmarkRunner([benchmark], Quiet(), _output, TimeProvider.System)
            .RunAsync(["fast"], CancellationToken.None);

        Assert.NotNull(benchmark.Scratch);
        Assert.False(Directory.Exists(benchmark.Scratch));
    }

    [Fact]
    public void Bar_ThatWasNotMeasured_CannotBeMade() =>
        Assert.Throws<ArgumentException>(() => Bar.AtLeast("ratio", double.NaN, 1, "ratio"));

    [Fact]
    public void Sample_PercentilesAndPairedRatio_ByHand()
    {
        var sample = new Sample([4, 1, 3, 2, 10]);

        Assert.Equal(3, sample.Median);
        Assert.Equal(1, sample.Percentile(0));
        Assert.Equal(10, sample.Percentile(100));
        Assert.Equal(3.5, new Sample([4, 1, 3, 4]).Median);
        Assert.Equal([2, 0.5, 1], sample.RatioTo(new Sample([2, 2, 3])).Values);
    }

    [Fact]
    public async Task Interleaved_EveryOtherRoundRunsBackwardsAndWarmUpsAreDropped()
    {
        var order = new List<string>();
        Contender Of(string name) => new(name, _ =>
        {
            order.Add(name);
            return Task.FromResult((double)order.Count);
        });

        var samples = await Interleaved.RunAsync([Of("a"), Of("b")], warmUps: 1, rounds: 2, CancellationToken.None);

        Assert.Equal(["a", "b", "b", "a", "a", "b"], order);
        Assert.Equal([4, 5], samples[0].Values);
        Assert.Equal([3, 6], samples[1].Values);
    }

    private Task<int> RunAsync(params string[] args) => new Benchmarks.Runner.BenchmarkRunner(
        [
            new FixedBenchmark("fast", Bar.AtLeast("fast enough", 1.5, 1, "ratio")),
            new FixedBenchmark("slow", Bar.Under("fast enough", 1, 1, "ratio")),
            new FixedBenchmark("broken", null),
        ],
        Quiet(), _output, TimeProvider.System).RunAsync(args, CancellationToken.None);

    private JsonDocument LastLine() =>
        JsonDocument.Parse(_output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);

    private static IAnsiConsole Quiet() =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });

    private sealed class FixedBenchmark(string name, Bar? bar) : IBenchmark
    {
        public string Name => name;
        public string Describe => $"gives a bar of {name}";
        public string? Scratch { get; private set; }

        public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
        {
            Scratch = context.ScratchDirectory;
            await File.WriteAllTextAsync(Path.Combine(Scratch, "left"), "behind", ct);
            return [bar ?? throw new InvalidOperationException("It cannot run.")];
        }
    }
}

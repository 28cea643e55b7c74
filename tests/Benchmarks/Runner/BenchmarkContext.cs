using Saas.Benchmarks.Measuring;
using Spectre.Console;

namespace Saas.Benchmarks.Runner;

/// <summary>What a benchmark is given for one run.</summary>
/// <param name="ScratchDirectory">Empty, its own, deleted after the run.</param>
public sealed record BenchmarkContext(Machine Machine, string ScratchDirectory, TimeProvider Time, IAnsiConsole Console)
{
    private readonly List<Figure> _figures = [];

    /// <summary>In the order they were noted.</summary>
    public IReadOnlyList<Figure> Figures => _figures;

    /// <summary>Puts the sample into the table, beside the bars.</summary>
    public void Note(string name, Sample sample, string unit) =>
        _figures.Add(new Figure(name, sample.Median, sample.Percentile(5), sample.Percentile(95), unit));

    /// <summary>One line of progress for whoever watches.</summary>
    public void Progress(string line) => Console.MarkupLineInterpolated($"[grey]{line}[/]");
}

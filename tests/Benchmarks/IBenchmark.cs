using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks;

/// <summary>
/// One question about speed or size, answered with bars.
/// <list type="number">
/// <item>What it compares with must run in the same call, interleaved with it (<see cref="Interleaved"/>): figures of
/// another day or machine are no comparison.</item>
/// <item>It must leave nothing behind: files go under <see cref="BenchmarkContext.ScratchDirectory"/>, ports are
/// free ones, processes it started have ended when it returns, also when it fails.</item>
/// <item>It should end within two minutes on two cores.</item>
/// </list>
/// A new one is added to <see cref="Catalog"/> by hand.
/// </summary>
public interface IBenchmark
{
    /// <summary>Lower case, one word: what the command line names.</summary>
    string Name { get; }

    /// <summary>One line for <c>list</c>: what is measured, beside what, and the bar.</summary>
    string Describe { get; }

    /// <summary>Measures. An exception means it could not be measured, which is not the same as a bar that does not hold.</summary>
    Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct);
}

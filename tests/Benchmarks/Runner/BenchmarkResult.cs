using System.Text.Json.Serialization;

namespace Saas.Benchmarks.Runner;

/// <summary>The last line of a run.</summary>
/// <param name="Name">The benchmark's, or <c>all</c>: then the bars are named <c>benchmark: bar</c>.</param>
public sealed record BenchmarkResult(string Name, Machine Machine, IReadOnlyList<Bar> Bars);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchmarkResult))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;

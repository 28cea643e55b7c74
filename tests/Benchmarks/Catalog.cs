using Saas.Benchmarks.Agent;
using Saas.Benchmarks.Assign;
using Saas.Benchmarks.Dns;
using Saas.Benchmarks.Http;
using Saas.Benchmarks.JobsApi;
using Saas.Benchmarks.Registry;
using Saas.Benchmarks.Scheduling;
using Saas.Benchmarks.Storage;
using Saas.Benchmarks.Transit;

namespace Saas.Benchmarks;

/// <summary>Every benchmark, in the order <c>all</c> runs them. By hand: nothing scans assemblies here.</summary>
internal static class Catalog
{
    public static readonly IReadOnlyList<IBenchmark> All =
    [
        new StorageBenchmark(),
        new HttpBenchmark(),
        new AssignBenchmark(),
        new AgentBenchmark(),
        new JobsApiBenchmark(),
        new TransitBenchmark(),
        new RegistryBenchmark(),
        new DnsBenchmark(),
        new C1mBenchmark(),
        new C2mBenchmark(),
        new GrowthBenchmark(),
        new SmallJobsBenchmark(),
        new NodeLossBenchmark(),
    ];
}

using System.Globalization;
using Saas.Benchmarks.Runner;

namespace Saas.Benchmarks.Registry;

/// <summary>
/// The registry in a process of its own, so that its memory can be told from that of the load: this program, started again
/// with <see cref="Verb"/>. It says where it listens and with which token, then how many answers it has worked out each
/// time it is asked by an empty line, until its input ends.
/// </summary>
internal static class RegistryServer
{
    public const string Verb = "serve-registry";

    public static async Task<int> RunAsync(string folder, CancellationToken ct)
    {
        await using var registry = await BenchedRegistry.StartAsync(folder, TimeProvider.System, ct);
        await Console.Out.WriteLineAsync($"{registry.Address} {registry.Token}");
        while (await Console.In.ReadLineAsync(ct) is not null)
        {
            await Console.Out.WriteLineAsync(registry.Evaluations.ToString(CultureInfo.InvariantCulture));
        }

        return BenchmarkRunner.EveryBarHolds;
    }
}

using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Benchmarks.Measuring;
using Saas.Benchmarks.Runner;
using Saas.LocalRegistry.Dns;

namespace Saas.Benchmarks.Dns;

/// <summary>
/// The agent's DNS over UDP: addresses without EDNS (3 of 5, drawn at random) and services with EDNS (all 5, with their
/// targets' addresses), beside a loop that sends back what it gets. Servers and load share one processor.
/// </summary>
internal sealed class DnsBenchmark : IBenchmark
{
    private const int Rounds = 9;
    private const double BarPerSecond = 20_000;
    private const double BarRatio = 0.5;
    private const double BarAllocated = 512;

    /// <summary>Bytes of an SRV record with its target, and of the target's address, at least.</summary>
    private const int ServiceBytes = 30 + 16;
    private const int AddressBytes = 16;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    public string Name => "dns";

    public string Describe => $"DNS answers per second over UDP, server and load on one core: at least {BarPerSecond:N0}, and {BarRatio} of a bare UDP echo";

    public async Task<IReadOnlyList<Bar>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        await using var core = await OneCore.HoldAsync(ct);
        await using var echo = new UdpEcho();
        using var server = new DnsServer(
            new DnsOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] }, new BenchedCatalog(), context.Time, NullLogger.Instance);
        server.Bind();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var endPoint = server.EndPoints[0];
        var running = server.RunAsync(stop.Token);
        try
        {
            var address = Question("service-42.service.consul", 1, edns: false);
            var service = Question("_service-42._tcp.service.consul", 33, edns: true);
            using var addresses = new UdpLoad(endPoint, address, address.Length + (3 * AddressBytes));
            using var services = new UdpLoad(endPoint, service, service.Length + (BenchedCatalog.Instances * ServiceBytes));
            using var bare = new UdpLoad(echo.EndPoint, address, address.Length);
            return await MeasureAsync(context, addresses, services, bare, ct);
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private static async Task<IReadOnlyList<Bar>> MeasureAsync(BenchmarkContext context, UdpLoad addresses, UdpLoad services, UdpLoad bare, CancellationToken ct)
    {
        var allocated = new List<double>();
        context.Progress($"{Rounds} rounds of {Duration.TotalSeconds} s each, everything on one core");
        var samples = await Interleaved.RunAsync(
            [
                new Contender("A", async c =>
                {
                    var before = GC.GetTotalAllocatedBytes(precise: true);
                    var perSecond = await addresses.PerSecondAsync(Duration, c);
                    allocated.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / (perSecond * Duration.TotalSeconds));
                    return perSecond;
                }),
                new Contender("SRV", c => services.PerSecondAsync(Duration, c)),
                new Contender("echo", c => bare.PerSecondAsync(Duration, c)),
            ],
            2,
            Rounds,
            ct);
        context.Note("addresses (A, without EDNS)", samples[0], "answers/s");
        context.Note("services (SRV, with EDNS)", samples[1], "answers/s");
        context.Note("bare UDP echo", samples[2], "answers/s");
        return
        [
            Bar.AtLeast("addresses on one core, load included", samples[0].Median, BarPerSecond, "answers/s"),
            Bar.AtLeast("services on one core, load included", samples[1].Median, BarPerSecond, "answers/s"),
            Bar.AtLeast("addresses / bare UDP echo", samples[0].RatioTo(samples[2]).Median, BarRatio, "ratio"),
            Bar.Under("allocated by an answer", new Sample([.. allocated.TakeLast(Rounds)]).Median, BarAllocated, "bytes"),
        ];
    }

    private static byte[] Question(string name, byte type, bool edns)
    {
        byte[] header = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(edns ? 1 : 0)];
        byte[] labels = [.. name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0, 0, type, 0, 1];
        byte[] options = edns ? [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0] : [];
        return [.. header, .. labels, .. options];
    }
}

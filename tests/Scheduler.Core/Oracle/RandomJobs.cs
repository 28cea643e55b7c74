using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>Jobs that ask for everything a job can ask for, from a seed; each for a few things only, so that it has a chance.</summary>
internal sealed class RandomJobs(Random random)
{
    private int _definitions;

    /// <param name="others">Jobs that there are.</param>
    public JobSpec Next(string key, JobSpec? before, IReadOnlyCollection<JobSpec> others)
    {
        if (others.Count > 0 && random.Next(3) == 0)
        {
            var other = others.ElementAt(random.Next(others.Count));
            if (before is null || before.Kind == other.Kind)
            {
                return Sibling(other) with { Key = key, Version = before is null ? 0 : before.Version + 1, Priority = Pick(10, 50, 60) };
            }
        }

        if (before is not null && random.Next(3) == 0)
        {
            // The same groups in a new version: updated in place, where they are still allowed to be.
            return before with { Version = before.Version + 1, Constraints = Some(8, Constraint), Stopped = false };
        }

        var kind = before?.Kind ?? Pick(JobKind.Service, JobKind.Service, JobKind.Batch, JobKind.System, JobKind.SysBatch);
        var isPerNode = kind is JobKind.System or JobKind.SysBatch;
        return new JobSpec
        {
            Key = key,
            Version = before is null ? 0 : before.Version + 1,
            Kind = kind,
            ProjectId = Pick("p1", "p2", "p3"),
            Priority = Pick(10, 20, 45, 50, 55, 60, 100),
            Stopped = random.Next(10) == 0,
            Datacenters = [Pick("*", "*", "dc*", "dc1")],
            NodePool = Pick("default", "default", "default", "all", "gpu"),
            Constraints = Some(12, Constraint),
            Affinities = isPerNode ? [] : Some(6, Wish),
            Spreads = isPerNode ? [] : Some(6, Spread),
            Groups = [.. new[] { "web", "db" }.Take(random.Next(1, 3)).Select(name => Group(name, isPerNode))],
        };
    }

    /// <summary>Of the same shape, as far as where its groups may go is concerned.</summary>
    private JobSpec Sibling(JobSpec other)
    {
        return other with { Spreads = Respread(other.Spreads), Groups = [.. other.Groups.Select(Regroup)] };

        GroupSpec Regroup(GroupSpec group) => group with
        {
            Count = other.IsPerNode ? group.Count : random.Next(1, 12),
            Definition = $"v{_definitions++}",
            Spreads = Respread(group.Spreads),
        };

        Spread[] Respread(IReadOnlyList<Spread> spreads) =>
            [.. spreads.Select(spread => Spread() with { Attribute = spread.Attribute })];
    }

    private GroupSpec Group(string name, bool isPerNode) => new()
    {
        Name = name,
        Count = isPerNode ? 1 : random.Next(8) == 0 ? random.Next(0, 30) : random.Next(1, 8),
        Ask = new ResourceAsk(
            Pick(100, 400, 400, 1100), random.Next(6) == 0 ? random.Next(1, 3) : 0, Pick(50, 300, 300, 900), Pick(0, 0, 150), Pick(0, 0, 120))
        {
            Ports = random.Next(5) == 0 ? Ports() : [],
            Devices = random.Next(6) == 0 ? [.. Some(2, Device), Device()] : [],
        },
        Definition = $"v{_definitions++}",
        Drivers = [Pick("exec", "exec", "exec", "docker")],
        Constraints = Some(8, Constraint),
        Affinities = isPerNode ? [] : Some(4, Wish),
        Spreads = isPerNode ? [] : Some(4, Spread),
        Volumes = random.Next(12) == 0 ? [new VolumeAsk("data", random.Next(2) == 0)] : [],
        DataClass = random.Next(12) == 0 ? Pick("pii", "health") : null,
        Cheapest = random.Next(5) == 0,
        BurstPools = random.Next(4) == 0 ? Pick<string[]>(["cloud"], ["gpu", "cloud"], ["cloud", "gpu"]) : [],
        Reschedule = TestCluster.Rule(unlimited: true) with { Delay = TimeSpan.Zero, Function = DelayFunction.Constant },
    };

    private NodeConstraint Constraint() => random.Next(14) switch
    {
        0 => new("${attr.kernel.name}", Pick("=", "==", "is"), "linux"),
        1 => new("${attr.rack}", Pick("!=", "not"), "r1"),
        2 => new("${attr.load}", Pick("<", "<=", ">", ">="), "9"),
        3 => new("${attr.version}", Pick("version", "semver"), Pick(">= 1.2.7", ">= 1.2.0, < 2.0.0")),
        4 => new("${attr.version}", "version", "~> 1.2.0"),
        5 => new("${attr.features}", Pick("set_contains", "set_contains_all", "set_contains_any"), Pick("avx2", "avx2,vmx")),
        6 => new("${attr.rack}", Pick("is_set", "is_not_set"), ""),
        7 => new("${attr.kernel.name}", "regexp", "^lin"),
        8 => new("${attr.unique.hostname}", "regexp", "[0-4]$"),
        9 => new("", "distinct_hosts", Pick("", "true", "false")),
        10 => new("${attr.rack}", "distinct_property", Pick("", "1", "3")),
        11 => new("${node.unique.name}", "distinct_property", Pick("", "2")),
        12 => new("${node.datacenter}", "distinct_property", "2"),
        _ => new("${node.class}", "!=", "large"),
    };

    private Affinity Wish() => new(
        random.Next(5) switch
        {
            0 => new("${node.datacenter}", "=", "dc1"),
            1 => new("${attr.kernel.name}", "=", "linux"),
            2 => new("${attr.unique.hostname}", "regexp", "[0-4]$"),
            3 => new("${attr.version}", "version", ">= 1.2.7"),
            _ => new("${node.class}", "is_set", ""),
        },
        Pick(100, 50, 50, -50, -100));

    private Spread Spread() => new(
        Pick("${node.datacenter}", "${attr.rack}", "${node.class}", "${attr.unique.hostname}"),
        Pick(100, 50, 30),
        Pick<SpreadTarget[]>(
            [],
            [new("dc1", 50), new("dc2", 50)],
            [new("dc1", 70), new("dc2", 30)],
            [new("r1", 40)],
            [new("r1", 0), new("r2", 60)],
            [new("gpu", 0)]));

    private PortAsk[] Ports()
    {
        var network = Pick("default", "default", "public");
        return random.Next(3) switch
        {
            0 => [new PortAsk("http", Pick(OracleWorld.StaticPorts), 8080, network)],
            1 => [new PortAsk("a", 0, 0, network), new PortAsk("b", 0, 9, "default")],
            _ => [new PortAsk("a", 20_000, 0, network), new PortAsk("b", 0, 0, network)],
        };
    }

    private DeviceAsk Device() => new("task", Pick("gpu", "nvidia/gpu", "nvidia/gpu/t4", "fpga"), random.Next(1, 3))
    {
        Constraints = random.Next(4) == 0 ? [new NodeConstraint("${device.attr.memory}", ">=", "16 GiB")] : [],
        Affinities = random.Next(2) == 0
            ? [new Affinity(new NodeConstraint("${device.model}", "=", Pick("t4", "a100")), Pick(50, 100, -100)),
               new Affinity(new NodeConstraint("${device.attr.memory}", ">", "20 GiB"), 50)]
            : [],
    };

    private T[] Some<T>(int oneIn, Func<T> next) =>
        random.Next(oneIn) switch { 0 => [next()], 1 when random.Next(2) == 0 => [next(), next()], _ => [] };

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}

using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>Jobs of every kind, as Provisioning accepts them: complete, their job-level blocks merged into the groups.</summary>
internal sealed class JobMaker(Chance chance)
{
    private const long Second = 1_000_000_000;

    public Job Any(string id, string type) => new()
    {
        ID = id,
        Name = id,
        Type = type,
        Priority = chance.Of(10, 30, 50, 50, 50, 70, 90),
        Datacenters = chance.Below(4) switch { 0 => ["berlin", "munich"], 1 => ["*n*"], _ => ["*"] },
        NodePool = chance.Below(8) switch { 0 => "all", 1 => "gpu", _ => "default" },
        Constraints = chance.OneIn(4) ? [AnyConstraint()] : [],
        Affinities = type is JobTypes.Service or JobTypes.Batch && chance.OneIn(4) ? [AnyAffinity()] : null,
        Spreads = type is JobTypes.Service or JobTypes.Batch && chance.OneIn(4)
            ? [new Spread { Attribute = "${node.datacenter}", Weight = 50, SpreadTarget = chance.OneIn(2) ? [new SpreadTarget { Value = "berlin", Percent = 60 }] : [] }]
            : null,
        TaskGroups = [AnyGroup("web", type), .. chance.OneIn(3) ? [AnyGroup("db", type)] : Array.Empty<TaskGroup>()],
        Stop = false,
    };

    public Job Periodic(string id)
    {
        var (spec, zone) = chance.Below(5) switch
        {
            0 => ("*/20 * * * *", "UTC"),
            1 => ("30 2 * * *", "Europe/Berlin"),
            2 => ("15 1,2,3 * * *", "Europe/Berlin"),
            3 => ("*/30 * * * *", "Europe/Berlin"),
            _ => ("5 */1 * * *", "Europe/Berlin"),
        };
        var job = Any(id, chance.OneIn(5) ? JobTypes.SysBatch : JobTypes.Batch);
        return job with
        {
            Periodic = new PeriodicConfig { Enabled = true, Spec = spec, SpecType = "cron", TimeZone = zone, ProhibitOverlap = chance.OneIn(2) },
        };
    }

    public Job Parameterized(string id) => Any(id, JobTypes.Batch) with { ParameterizedJob = new ParameterizedJobConfig { Payload = PayloadRules.Optional } };

    /// <summary>Another version: of another definition, or of the same and to be updated in place.</summary>
    public Job Changed(Job before)
    {
        var type = before.Type!;
        switch (chance.Below(6))
        {
            case 0:
                return Any(before.ID!, type) with { Periodic = before.Periodic, ParameterizedJob = before.ParameterizedJob };
            case 1:
                return Scaled(before);
            case 2:
                return before with { Constraints = chance.OneIn(2) ? [] : [AnyConstraint()], Stop = false };
            case 3 when before.Periodic is { } periodic:
                return before with { Periodic = periodic with { Enabled = chance.OneIn(2) || periodic.Enabled is false }, Stop = false };
            default:
                return before with { TaskGroups = [.. before.TaskGroups!.Select(WithOtherTask)], Stop = false };
        }
    }

    public Job Scaled(Job before) => before with
    {
        TaskGroups = [.. before.TaskGroups!.Select(group => WithCount(group, AnyCount(before.Type!)))],
        Stop = false,
    };

    private TaskGroup WithOtherTask(TaskGroup group) => group with
    {
        Tasks = [group.Tasks![0] with { Env = new Dictionary<string, string> { [Temper.Variable] = AnyTemper(), ["BUILD"] = $"{chance.Below(1000)}" } }],
    };

    private static TaskGroup WithCount(TaskGroup group, int count) => group with
    {
        Count = count,
        Update = group.Update is { Canary: > 0 } update ? update with { Canary = Math.Min(update.Canary.Value, count), AutoPromote = update.AutoPromote is true && count > 0 } : group.Update,
    };

    private int AnyCount(string type) => type is JobTypes.System or JobTypes.SysBatch ? (chance.OneIn(10) ? 0 : 1) : chance.Between(0, 6);

    private string AnyTemper() => chance.Of(Temper.Good, Temper.Good, Temper.Good, Temper.Good, Temper.Flaky, Temper.Slow, Temper.Bad);

    private TaskGroup AnyGroup(string name, string type)
    {
        var count = AnyCount(type);
        var isPerNode = type is JobTypes.System or JobTypes.SysBatch;
        return new TaskGroup
        {
            Name = name,
            Count = count,
            Affinities = chance.OneIn(5) && !isPerNode ? [AnyAffinity(), AnyAffinity()] : null,
            Constraints = chance.OneIn(3) && !isPerNode ? [chance.OneIn(2) ? Distinct() : AnyConstraint()] : [],
            Tasks =
            [
                new JobTask
                {
                    Name = "main",
                    Driver = chance.OneIn(8) ? DriverNames.Vm : DriverNames.Exec,
                    Env = new Dictionary<string, string> { [Temper.Variable] = AnyTemper() },
                    Constraints = [],
                    Resources = new Resources
                    {
                        CPU = chance.Of(200, 500, 1000, 3000),
                        Cores = chance.OneIn(8) ? chance.Between(1, 3) : null,
                        MemoryMB = isPerNode ? chance.Of(64, 128) : chance.Of(128, 512, 1024, 3000),
                        Devices = chance.OneIn(10) && !isPerNode ? [AnyDevice()] : null,
                    },
                },
            ],
            Networks = chance.OneIn(3) ? [AnyNetwork(isPerNode)] : null,
            Volumes = chance.OneIn(10) ? new Dictionary<string, VolumeRequest> { ["d"] = new() { Name = "d", Type = VolumeTypes.Host, Source = "data", ReadOnly = chance.OneIn(2) } } : null,
            EphemeralDisk = new EphemeralDisk { SizeMB = chance.Of(300, 2000) },
            ReschedulePolicy = isPerNode ? null : AnyReschedule(),
            Update = type == JobTypes.Service && !chance.OneIn(5) ? AnyUpdate(count) : null,
            Migrate = type == JobTypes.Service ? new MigrateStrategy { MaxParallel = chance.Between(1, 2), MinHealthyTime = 10 * Second, HealthyDeadline = 300 * Second } : null,
            Disconnect = AnyDisconnect(isPerNode),
            Meta = AnyMeta(isPerNode),
        };
    }

    private Dictionary<string, string>? AnyMeta(bool isPerNode) => isPerNode ? null : chance.Below(10) switch
    {
        0 => new Dictionary<string, string> { [PlatformMeta.DataClass] = chance.Of("personal", "health") },
        1 => new Dictionary<string, string> { [PlatformMeta.Placement] = PlatformMeta.Cheapest },
        2 => new Dictionary<string, string> { [PlatformMeta.Burst] = "cloud" },
        3 => new Dictionary<string, string> { [PlatformMeta.Burst] = "gpu,cloud", [PlatformMeta.DataClass] = "personal" },
        _ => null,
    };

    private ReschedulePolicy AnyReschedule() => chance.OneIn(3)
        ? new ReschedulePolicy { Attempts = chance.Between(0, 3), Interval = 3600 * Second, Delay = 30 * Second, DelayFunction = "constant", MaxDelay = 60 * Second, Unlimited = false }
        : new ReschedulePolicy
        {
            Attempts = 0, Interval = 0, Delay = chance.Of(15, 30, 60) * Second, DelayFunction = chance.Of("constant", "exponential", "fibonacci"),
            MaxDelay = 600 * Second, Unlimited = true,
        };

    private UpdateStrategy AnyUpdate(int count)
    {
        var canaries = chance.OneIn(3) ? Math.Min(count, chance.Between(1, 2)) : 0;
        return new UpdateStrategy
        {
            MaxParallel = chance.Between(1, 3),
            HealthCheck = HealthChecks.TaskStates,
            MinHealthyTime = 10 * Second,
            HealthyDeadline = 300 * Second,
            ProgressDeadline = chance.OneIn(5) ? 0 : 600 * Second,
            AutoRevert = chance.OneIn(2),
            AutoPromote = canaries > 0 && chance.OneIn(2),
            Canary = canaries,
        };
    }

    private DisconnectStrategy? AnyDisconnect(bool isPerNode) => chance.Below(6) switch
    {
        0 => new DisconnectStrategy
        {
            LostAfter = chance.Of(120, 600, 1200) * Second, Replace = !chance.OneIn(3),
            Reconcile = chance.Of(ReconcileOptions.BestScore, ReconcileOptions.KeepOriginal, ReconcileOptions.KeepReplacement, ReconcileOptions.LongestRunning),
        },
        1 when chance.OneIn(3) => new DisconnectStrategy { Replace = false },
        2 when !isPerNode => new DisconnectStrategy { StopOnClientAfter = chance.Of(20, 90, 600) * Second },
        _ => null,
    };

    private NetworkResource AnyNetwork(bool isPerNode) => new()
    {
        ReservedPorts = chance.OneIn(3) ? [new Port { Label = "fixed", Value = chance.Between(9000, isPerNode ? 9020 : 9003) }] : [],
        DynamicPorts = [new Port { Label = "http" }, .. chance.OneIn(4) ? [new Port { Label = "admin", HostNetwork = "dmz" }] : Array.Empty<Port>()],
    };

    private RequestedDevice AnyDevice() => new()
    {
        Name = chance.Of("gpu", "nvidia/gpu", "nvidia/gpu/a100"), Count = chance.Between(1, 2),
    };

    private Affinity AnyAffinity()
    {
        var constraint = AnyConstraint();
        return new Affinity { LTarget = constraint.LTarget, Operand = constraint.Operand, RTarget = constraint.RTarget, Weight = chance.Of(-100, -20, 30, 100) };
    }

    private Constraint Distinct() => chance.OneIn(2)
        ? new Constraint { Operand = Operands.DistinctHosts, RTarget = "true" }
        : new Constraint { Operand = Operands.DistinctProperty, LTarget = "${meta.rack}", RTarget = chance.Of("1", "2", "3") };

    private Constraint AnyConstraint() => chance.Below(7) switch
    {
        0 => new Constraint { LTarget = "${attr.cpu.arch}", Operand = "=", RTarget = "amd64" },
        1 => new Constraint { LTarget = "${node.class}", Operand = "!=", RTarget = "small" },
        2 => new Constraint { LTarget = "${meta.tags}", Operand = Operands.SetContains, RTarget = "ssd" },
        3 => new Constraint { LTarget = "${attr.os.version}", Operand = Operands.Version, RTarget = ">= 24.0" },
        4 => new Constraint { LTarget = "${node.class}", Operand = Operands.IsSet },
        5 => new Constraint { LTarget = "${meta.rack}", Operand = Operands.Regexp, RTarget = "^r[12]$" },
        _ => new Constraint { LTarget = "${node.datacenter}", Operand = "=", RTarget = chance.Of(FingerprintMaker.Datacenters) },
    };
}

using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Exec;
using Saas.EdgeAgent.Tests.Exec;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Allocations;

public sealed class AllocationEnvironmentTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_APort_IsInTheEnvironmentByNomadsNames()
    {
        var environment = Spec(Allocation() with { Ports = [new AssignedPort("http", 23456, 8080, "default", "192.0.2.7")] }).Environment;

        Assert.Equal(
            [
                "NOMAD_ADDR_http=192.0.2.7:23456", "NOMAD_ALLOC_PORT_http=8080", "NOMAD_HOST_ADDR_http=192.0.2.7:23456", "NOMAD_HOST_IP_http=192.0.2.7",
                "NOMAD_HOST_PORT_http=23456", "NOMAD_IP_http=192.0.2.7", "NOMAD_PORT_http=8080",
            ],
            environment.Where(e => e.Key.EndsWith("_http", StringComparison.Ordinal)).Select(e => $"{e.Key}={e.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0, "2001:db8::7", "443", "[2001:db8::7]:443")]
    [InlineData(-1, "192.0.2.7", "443", "192.0.2.7:443")]
    [InlineData(0, "", "443", null)]
    public void Create_APortWithoutTarget_IsTheNodesPort(int to, string ip, string port, string? address)
    {
        var environment = Spec(Allocation() with { Ports = [new AssignedPort("https", 443, to, "public", ip)] }).Environment;

        Assert.Equal((port, address), (environment["NOMAD_PORT_https"], environment.GetValueOrDefault("NOMAD_ADDR_https")));
    }

    [Fact]
    public void Create_Devices_AreTheTasksAlone()
    {
        var allocation = Allocation() with
        {
            Devices =
            [
                new AssignedDevice("main", "nvidia", "gpu", "a100", ["GPU-1", "GPU-2"]), new AssignedDevice("main", "intel", "fpga-x", "f", ["0"]),
                new AssignedDevice("other", "nvidia", "gpu", "a100", ["GPU-3"]),
            ],
        };

        var environment = Spec(allocation).Environment;

        Assert.Equal(
            ("GPU-1,GPU-2", "GPU-1,GPU-2", "0"),
            (environment["NVIDIA_VISIBLE_DEVICES"], environment["NOMAD_DEVICE_GPU_IDS"], environment["NOMAD_DEVICE_FPGA_X_IDS"]));
        Assert.DoesNotContain(Spec(Allocation()).Environment, e => e.Key.Contains("DEVICE", StringComparison.Ordinal));
    }

    [Fact]
    public void Create_MemoryMax_IsToldWhereItIsAllowedAndLeftOutElse()
    {
        var allocation = Allocation(task => task with { Resources = new Resources { MemoryMB = 64, MemoryMaxMB = 256 } });
        Assert.False(Spec(allocation).Environment.ContainsKey("NOMAD_MEMORY_MAX_LIMIT"));
        allocation = allocation with { TaskGroup = allocation.TaskGroup with { MemoryOversubscription = true } };

        Assert.Equal(("64", "256"), (Spec(allocation).Environment["NOMAD_MEMORY_LIMIT"], Spec(allocation).Environment["NOMAD_MEMORY_MAX_LIMIT"]));
        Assert.False(Spec(Allocation()).Environment.ContainsKey("NOMAD_MEMORY_MAX_LIMIT"));
    }

    [Fact]
    public void Create_AHostVolume_IsItsPathOnTheNode()
    {
        Assert.Equal("/srv/media", Spec(WithVolume("media", readOnly: true)).Environment["NOMAD_VOLUME_films"]);
        Assert.Equal("/srv/media", Spec(WithVolume("media", readOnly: false), isReadOnly: false).Environment["NOMAD_VOLUME_films"]);
    }

    [Fact]
    public void Create_Meta_IsThereAsWrittenAndInCapitalsAndTheTasksWins()
    {
        var allocation = Allocation(task => task with
        {
            Config = ExecHarness.Config("/bin/echo", "${NOMAD_META_day}"),
            Meta = new Dictionary<string, string> { ["day"] = "monday" },
        });
        allocation = allocation with
        {
            TaskGroup = allocation.TaskGroup with
            {
                Meta = new Dictionary<string, string> { ["day"] = "sunday", ["Plant-Id"] = "7", [PlatformMeta.Placement] = "cheapest" },
            },
        };

        var spec = Spec(allocation);

        Assert.Equal(
            ["NOMAD_META_DAY=monday", "NOMAD_META_PLANT-ID=7", "NOMAD_META_Plant-Id=7", "NOMAD_META_day=monday"],
            spec.Environment.Where(e => e.Key.StartsWith("NOMAD_META_", StringComparison.Ordinal)).Select(e => $"{e.Key}={e.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["monday"], ExecCommand.From(spec, "stamp").Arguments);
        Assert.Equal("7", ExecCommand.From(spec, "stamp").Environment["NOMAD_META_Plant_Id"]);
    }

    [Theory]
    [InlineData("nightly/periodic-1764414000", "nightly")]
    [InlineData("a/b/dispatch-1764414000-0123abcd", "a/b")]
    [InlineData("report/dispatch-eu-1764414000-0123abcd", "report")]
    [InlineData("report/dispatch-1764414000-0123ABCD", null)]
    [InlineData("report/dispatch-0123abcd", null)]
    [InlineData("report/periodic-", null)]
    [InlineData("/periodic-1764414000", null)]
    [InlineData("periodic-1764414000", null)]
    [InlineData("report", null)]
    public void Create_AChild_KnowsItsParent(string job, string? parent)
    {
        var environment = Spec(Allocation() with { JobId = job }).Environment;

        Assert.Equal((job, parent), (environment["NOMAD_JOB_ID"], environment.GetValueOrDefault("NOMAD_JOB_PARENT_ID")));
    }

    [Theory]
    [InlineData("absent", true, "no host volume absent")]
    [InlineData("media", false, "for reading only")]
    public void Create_AVolumeTheNodeDoesNotHave_IsRefusedForGood(string source, bool readOnly, string reason)
    {
        var fault = Assert.Throws<DriverException>(() => Spec(WithVolume(source, readOnly)));

        Assert.Equal(DriverFault.InvalidConfig, fault.Fault);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ReferencesInConfigAndEnv_AreReplacedAndAShellsOwnStay()
    {
        var allocation = Allocation(task => task with
        {
            Config = ExecHarness.Config("/bin/sh", "-c", "serve ${NOMAD_ADDR_http} ${COLOUR} ${HOME:-x} ${unknown} $NOMAD_PORT_http"),
            Env = new Dictionary<string, string> { ["COLOUR"] = "blue-${NOMAD_ALLOC_INDEX}", ["PLAIN"] = "x" },
        }) with { Ports = [new AssignedPort("http", 23456, 0, "default", "192.0.2.7")] };

        var task = Spec(allocation).Task;

        Assert.Equal("blue-0", task.Env!["COLOUR"]);
        Assert.Equal(
            ["-c", "serve 192.0.2.7:23456 blue-0 ${HOME:-x} ${unknown} $NOMAD_PORT_http"],
            task.Config!["args"].EnumerateArray().Select(argument => argument.GetString()));
    }

    [Fact]
    public void Create_ReferencesThatWouldFillTheMemory_AreRefused()
    {
        var allocation = Allocation(task => task with
        {
            Config = ExecHarness.Config("/bin/true", string.Concat(Enumerable.Repeat("${BIG}", 1000))),
            Env = new Dictionary<string, string> { ["BIG"] = new('x', 10_000) },
        });

        Assert.Equal(DriverFault.InvalidConfig, Assert.Throws<DriverException>(() => Spec(allocation)).Fault);
    }

    [Fact]
    public void Create_ALabelThatNoShellKnows_HasItsOtherCharactersReplaced()
    {
        var spec = Spec(Allocation(task => task with { Config = ExecHarness.Config("/bin/echo", "${NOMAD_PORT_web-ui}") }) with
        {
            Ports = [new AssignedPort("web-ui", 80, 0, "default", "")],
        });

        var command = ExecCommand.From(spec, "stamp");

        Assert.Equal("80", command.Environment["NOMAD_PORT_web_ui"]);
        Assert.Equal(["80"], command.Arguments);
    }

    private WorkloadSpec Spec(AssignedAllocation allocation, bool isReadOnly = true) => new WorkloadSpecs(
        _folder.File("allocs"), new Dictionary<string, HostVolume> { ["media"] = new("/srv/media", isReadOnly) })
        .Create(allocation, allocation.TaskGroup.Tasks![0], 0);

    private static AssignedAllocation Allocation(Func<JobTask, JobTask>? change = null)
    {
        var allocation = Assignments.Shell("true");
        return change is null ? allocation : allocation with { TaskGroup = allocation.TaskGroup with { Tasks = [change(allocation.TaskGroup.Tasks![0])] } };
    }

    private static AssignedAllocation WithVolume(string source, bool readOnly)
    {
        var allocation = Allocation();
        return allocation with
        {
            TaskGroup = allocation.TaskGroup with
            {
                Volumes = new Dictionary<string, VolumeRequest> { ["films"] = new() { Name = "films", Type = VolumeTypes.Host, Source = source, ReadOnly = readOnly } },
            },
        };
    }
}

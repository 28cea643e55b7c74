using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Tests.Fakes;

namespace Saas.EdgeAgent.Tests.Allocations;

public sealed class AllocationServicesTests
{
    private static readonly JobServiceCheck Check = new()
    {
        Name = "up", Type = CheckTypes.Http, Path = "/health", Interval = 10_000_000_000, Timeout = 1_000_000_000, PortLabel = "", AddressMode = "",
    };

    [Theory]
    [InlineData("web", "api")]
    [InlineData("sidecar", "")]
    [InlineData("", "")]
    [InlineData("web,sidecar", "shop,api")]
    public void Of_SomeTasksRun_OffersTheirServicesAndTheGroupsOnlyWhenAllDo(string running, string expected)
    {
        var services = AllocationServices.Of(Allocation(), running.Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet()).Services;
        Assert.Equal(expected, string.Join(',', services.Select(service => service.Declared.Name)));
    }

    [Fact]
    public void Of_Services_HaveNomadsIds()
    {
        var allocation = Allocation();
        Assert.Equal(
            [$"_nomad-task-{allocation.Id}-group-group-shop-443", $"_nomad-task-{allocation.Id}-web-api-8080"],
            All(allocation).Select(service => service.Id));
    }

    [Fact]
    public void Of_AGroupWithoutTasks_OffersNothing()
    {
        var allocation = Allocation() with { TaskGroup = new TaskGroup { Name = "group", Services = [Service("shop")] } };
        Assert.Empty(AllocationServices.Of(allocation, new HashSet<string>()).Services);
    }

    [Fact]
    public void Of_ReferencesInTexts_AreReplacedWhereTheyAreKnown()
    {
        var allocation = Allocation(Service("api") with
        {
            Tags = ["n${NOMAD_ALLOC_INDEX}-${NOMAD_TASK_NAME}-${COLOUR}", "${UNKNOWN}"],
            Meta = new Dictionary<string, string> { ["job"] = "${NOMAD_JOB_ID}" },
            Checks = [Check with { Header = new Dictionary<string, IReadOnlyList<string>> { ["Host"] = ["${COLOUR}.test"] } }],
        });

        var service = All(allocation).Single(service => service.Task == "web");

        Assert.Equal(["n3-web-blue", "${UNKNOWN}"], service.Declared.Tags!);
        Assert.Equal("job", service.Declared.Meta!["job"]);
        Assert.Equal("blue.test", service.Checks[0].Declared.Header!["Host"][0]);
    }

    [Fact]
    public void Of_ACheckLeavesPortAddressAndTaskOut_HasTheServices()
    {
        var allocation = Allocation(Service("api", "8080") with
        {
            Address = "10.0.0.9", Checks = [Check, Check with { Name = "own", PortLabel = "9090", AddressMode = AddressModes.Host }],
        });

        var checks = All(allocation).Single(service => service.Task == "web").Checks;

        Assert.Equal((8080, "10.0.0.9", "web"), (checks[0].Port, checks[0].Address, checks[0].Task));
        Assert.Equal((9090, "", "web"), (checks[1].Port, checks[1].Address, checks[1].Task));
    }

    [Fact]
    public void Of_APortsLabel_IsThatPortAtItsNetworksAddress()
    {
        var allocation = Allocation(Service("api", "http") with
        {
            Checks = [Check, Check with { Name = "admin", PortLabel = "admin" }, Check with { Name = "number", PortLabel = "9090" }],
        }) with
        {
            Ports = [new AssignedPort("http", 23456, 0, "default", "192.0.2.7"), new AssignedPort("admin", 23457, 0, "inner", "10.0.0.7")],
        };

        var service = All(allocation).Single(service => service.Task == "web");

        Assert.Equal((23456, "192.0.2.7"), (service.Port, service.Declared.Address));
        Assert.Equal($"_nomad-task-{allocation.Id}-web-api-http", service.Id);
        Assert.Equal(["192.0.2.7:23456", "10.0.0.7:23457", ":9090"], service.Checks.Select(check => $"{check.Address}:{check.Port}"));
    }

    [Fact]
    public void Of_APortsLabelAndAnAddress_TheAddressIsTheOneDeclared()
    {
        var allocation = Allocation(Service("api", "http") with { Address = "api.example", Checks = [Check] }) with
        {
            Ports = [new AssignedPort("http", 23456, 0, "default", "192.0.2.7")],
        };

        var service = All(allocation).Single(service => service.Task == "web");

        Assert.Equal(("api.example", "api.example", 23456), (service.Declared.Address, service.Checks[0].Address, service.Checks[0].Port));
    }

    [Theory]
    [InlineData(true, "new", "blue")]
    [InlineData(false, "old", "red")]
    public void Of_ACanary_HasItsOwnTagsUntilItIsOneNoMore(bool canary, string tag, string meta)
    {
        var allocation = Allocation(Service("api") with
        {
            Tags = ["old"], CanaryTags = ["new"],
            Meta = new Dictionary<string, string> { ["c"] = "red" }, CanaryMeta = new Dictionary<string, string> { ["c"] = "blue" },
        });
        var record = AllocationRecord.New(allocation with { Canary = true }, DateTimeOffset.UnixEpoch).WithUpdate(allocation with { Canary = canary });

        var service = All(record.Assigned).Single(service => service.Task == "web").Declared;

        Assert.Equal((tag, meta), (Assert.Single(service.Tags!), service.Meta!["c"]));
    }

    [Fact]
    public void OfCheck_AnythingElse_IsAnotherId()
    {
        var id = JobServiceId.OfCheck("service", Check);
        Assert.Equal(id, JobServiceId.OfCheck("service", Check with { }));
        Assert.StartsWith("_nomad-check-", id, StringComparison.Ordinal);
        Assert.NotEqual(id, JobServiceId.OfCheck("service", Check with { Path = "/other" }));
        Assert.NotEqual(id, JobServiceId.OfCheck("other", Check));
    }

    [Fact]
    public void WithUpdate_ANewVersion_TakesOverServicesRestartsAndDelaysAndNothingThatRuns()
    {
        var allocation = Allocation();
        var record = AllocationRecord.New(allocation, DateTimeOffset.UnixEpoch);
        var next = Allocation(Service("other")) with { Id = allocation.Id, JobVersion = 1 };
        next = next with
        {
            TaskGroup = next.TaskGroup with
            {
                Services = null,
                ShutdownDelay = 7,
                RestartPolicy = Assignments.NoRestarts,
                Tasks = [.. next.TaskGroup.Tasks!.Select(task => task with { Driver = "vm", ShutdownDelay = 9, RestartPolicy = Assignments.NoRestarts })],
            },
        };

        var updated = record.WithUpdate(next).Assigned.TaskGroup;

        Assert.Null(updated.Services);
        Assert.Equal("other", updated.Tasks![0].Services![0].Name);
        Assert.Equal((7, 9), (updated.ShutdownDelay, updated.Tasks[0].ShutdownDelay));
        Assert.Equal(Assignments.NoRestarts, updated.RestartPolicy);
        Assert.All(updated.Tasks, static task => Assert.Equal(Assignments.NoRestarts, task.RestartPolicy));
        Assert.All(updated.Tasks, task => Assert.Equal(DriverNames.Exec, task.Driver));
        Assert.Same(record, record.WithUpdate(allocation));
    }

    private static IReadOnlyList<RunningService> All(AssignedAllocation allocation) =>
        AllocationServices.Of(allocation, new HashSet<string> { "web", "sidecar" }).Services;

    private static JobService Service(string name, string port = "") => new() { Name = name, PortLabel = port };

    private static AssignedAllocation Allocation(JobService? ofWeb = null)
    {
        var allocation = Assignments.Of(
            JobTypes.Service, null,
            Assignments.Task("web", "x") with { Services = [ofWeb ?? Service("api", "8080")], Env = new Dictionary<string, string> { ["COLOUR"] = "blue" } },
            Assignments.Task("sidecar", "x"));
        return allocation with { Index = 3, TaskGroup = allocation.TaskGroup with { Services = [Service("shop", "443")] } };
    }
}

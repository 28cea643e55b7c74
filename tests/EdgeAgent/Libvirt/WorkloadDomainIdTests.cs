using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

public sealed class WorkloadDomainIdTests
{
    private static readonly WorkloadId Workload = new("alloc_00000000000000000000000001", "web", 0);

    /// <summary>Pinned: another algorithm would make an upgraded agent blind to the VMs of the one before.</summary>
    [Fact]
    public void Of_SameWorkload_GivesTheSameUuidInEveryVersionOfTheAgent()
    {
        var id = WorkloadDomainId.Of("node_1", Workload);

        Assert.Equal(Guid.Parse("b3ea81ee-6c17-87b0-8e96-fbd7819fc15c"), id.Uuid);
        Assert.Equal("saas-alloc_00000000000000000000000001-web-0", id.Name);
    }

    [Fact]
    public void Of_AnythingDifferent_GivesAnotherUuidOfVersion8()
    {
        Guid[] uuids =
        [
            WorkloadDomainId.Of("node_1", Workload).Uuid,
            WorkloadDomainId.Of("node_2", Workload).Uuid,
            WorkloadDomainId.Of("node_1", Workload with { AllocationId = "alloc_2" }).Uuid,
            WorkloadDomainId.Of("node_1", Workload with { Task = "db" }).Uuid,
            WorkloadDomainId.Of("node_1", Workload with { Run = 1 }).Uuid,
        ];

        Assert.Equal(uuids.Length, uuids.Distinct().Count());
        Assert.All(uuids, uuid => Assert.Equal(8, uuid.Version));
        Assert.All(uuids, uuid => Assert.InRange(uuid.Variant, 0x8, 0xB));
    }

    [Theory]
    [InlineData("alloc/../x", "web")]
    [InlineData("alloc_1", "")]
    [InlineData("alloc_1", "a\nb")]
    [InlineData("alloc_1", "a b")]
    public void Of_PartThatNoNameCarries_IsInvalidConfig(string allocation, string task)
    {
        var fault = Assert.Throws<DriverException>(() => WorkloadDomainId.Of("node_1", new WorkloadId(allocation, task, 0)));

        Assert.Equal(DriverFault.InvalidConfig, fault.Fault);
    }
}

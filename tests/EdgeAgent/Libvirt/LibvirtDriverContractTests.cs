namespace Saas.EdgeAgent.Tests.Libvirt;

public sealed class LibvirtDriverContractTests(LibvirtHarness harness)
    : WorkloadDriverContract(harness), IClassFixture<LibvirtHarness>;

using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

public sealed class HostPlatformTests
{
    [Theory]
    [InlineData("x86_64", "flags\t\t: fpu vme vmx sse2", true)]
    [InlineData("x86_64", "flags\t\t: fpu svm sse2", true)]
    [InlineData("x86_64", "flags\t\t: fpu hypervisor svm_lock vmx_fake", false)]
    [InlineData("x86_64", "vmx flags\t: vmx", false)]
    [InlineData("aarch64", "Features\t: fp asimd", true)]
    public void HasHardwareVirtualisation_CpuFlags_Decide(string arch, string line, bool expected) =>
        Assert.Equal(expected, HostPlatform.HasHardwareVirtualisation(arch, ["processor\t: 0", line]));
}

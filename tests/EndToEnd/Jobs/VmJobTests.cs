using Saas.EndToEnd.Tests.Scheduling;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>A job file for Nomad's qemu driver runs a virtual machine by libvirt.</summary>
[Collection("jobs")]
public sealed class VmJobTests(JobsSite site)
{
    [Fact]
    public async Task A_vm_boots_is_found_well_and_powers_off()
    {
        var image = await GuestImage.MakeConfigAsync();
        var job = await site.ParseAsync("vm.nomad.hcl", "guest", $"kernel={image["kernel"]}", $"initrd={image["initrd"]}");
        await site.RegisterAsync(job);
        await site.DeploymentAsync("guest", 0, "successful");
        var allocation = (await site.AllocationsAsync("guest", static seen => seen.Running().Length == 1))[0];
        await site.UntilAsync(
            () => site.GetAsync($"/v1/allocation/{allocation.Text("ID")}"),
            static seen => seen.GetProperty("TaskStates").GetProperty("vm").Text("OutputTail").Contains(GuestImage.BootMarker, StringComparison.Ordinal));

        await site.DeleteAsync("/v1/job/guest");
        await site.AllocationsAsync("guest", static seen => seen is [var only] && only.Is("complete"));
        await site.PurgeAsync("guest");
    }
}

using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>What clients may ask of a virtual machine: its console, as a log, and no commands.</summary>
[Collection("client")]
public sealed class VmTests(ClientSite site)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task A_vms_console_is_its_output_and_it_runs_no_commands()
    {
        using var submitted = await site.Customer.SubmitAsync("guest", "vm", await GuestImage.MakeConfigAsync(), 1, new JsonObject { ["Cores"] = 1, ["MemoryMB"] = 192 });
        Assert.True(submitted.IsSuccessStatusCode, await submitted.Content.ReadAsStringAsync());
        var id = (await Eventually.Async(
            () => site.Customer.AllocationsAsync("guest"), static seen => seen is [{ State: "running" }], Patience, seen => $"{string.Join(", ", seen)}\n{site.Transcript}"))[0].Id;

        using (var response = await site.OpenAsync($"/v1/client/fs/logs/{id}?task=main&type=stdout&follow=true&plain=true"))
        {
            await using var stream = await response.Content.ReadAsStreamAsync();
            using var reader = new StreamReader(stream);
            using var timeout = new CancellationTokenSource(Patience);
            var seen = "";
            while (!seen.Contains(GuestImage.BootMarker, StringComparison.Ordinal))
            {
                seen += await reader.ReadLineAsync(timeout.Token) ?? throw new EndOfStreamException(seen);
            }
        }

        Assert.Contains("main.stdout.0", (await site.GetAsync($"/v1/client/fs/ls/{id}?path=alloc/logs")).Text, StringComparison.Ordinal);
        Assert.Contains(GuestImage.BootMarker, (await site.GetAsync($"/v1/client/fs/cat/{id}?path=alloc/logs/main.stdout.0")).Text, StringComparison.Ordinal);
        Assert.Equal((404, "log entry for task \"main\" and log type \"stderr\" not found"), await site.GetAsync($"/v1/client/fs/logs/{id}?task=main&type=stderr"));
        using var exec = await ExecSocket.OpenAsync(site, id, "task=main", site.Customer.ApiKey, "true");
        await exec.ReadAsync();
        Assert.Equal((WebSocketCloseStatus.InternalServerError, "task driver does not support exec"), (exec.Closed, exec.CloseReason));

        await site.Customer.StopJobAsync("guest");
        await Eventually.Async(
            () => site.Customer.AllocationsAsync("guest"), static seen => seen.All(static a => a.State == "complete"), Patience, static seen => string.Join(", ", seen));
    }
}

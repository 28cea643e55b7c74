using System.Diagnostics;
using System.Net.Http.Headers;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Hosts;

/// <summary>Two instances of Provisioning over one store: the agent is connected to one, its clients come to the other.</summary>
[Collection("machine")]
public sealed class ClientInstancesTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_client_at_one_instance_reaches_the_agent_at_the_other()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await SeparateApps.StartAsync(folder["data"]);
        var second = await platform.AddAsync("Provisioning", folder["data"]);
        using var customer = await Customer.SignUpAsync(platform);
        await using var agent = await customer.StartAgentAsync(folder["agent"]);
        using var submitted = await customer.SubmitAsync("job", "exec", new()
        {
            ["command"] = "/bin/sh",
            ["args"] = new System.Text.Json.Nodes.JsonArray("-c", "i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo $i; sleep 0.2; done; exec sleep 1000"),
        });
        Assert.True(submitted.IsSuccessStatusCode, await submitted.Content.ReadAsStringAsync());
        var allocation = (await Eventually.Async(
            () => customer.AllocationsAsync("job"), seen => seen is [{ State: "running" }], Patience, seen => $"{string.Join(", ", seen)} {platform.Transcript}"))[0].Id;
        using var http = new HttpClient { BaseAddress = second, Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", customer.ApiKey);

        var clock = Stopwatch.StartNew();
        var files = await http.GetStringAsync($"/v1/client/fs/ls/{allocation}");
        output.WriteLine($"ls over two instances: {clock.ElapsedMilliseconds} ms");
        Assert.Contains("\"alloc\"", files, StringComparison.Ordinal);

        await using var stream = await http.GetStreamAsync($"/v1/client/fs/logs/{allocation}?task=main&type=stdout&follow=true&plain=true");
        using var reader = new StreamReader(stream);
        for (var i = 1; i <= 40; i++)
        {
            Assert.Equal($"{i}", await reader.ReadLineAsync().WaitAsync(Patience));
        }

        await customer.StopJobAsync("job");
        await Eventually.Async(
            () => customer.AllocationsAsync("job"), seen => seen.All(a => a.State == "complete"), Patience, seen => string.Join(", ", seen));
    }
}

using Spectre.Console;

namespace Saas.Local.Demo;

/// <summary>What a person reads at the end: allocations, console, usage with its price, and what to try next.</summary>
internal static class DemoReport
{
    public static void Print(IAnsiConsole screen, DemoResult result, PlatformClient client)
    {
        var table = new Table().AddColumn("Allocation", c => c.NoWrap()).AddColumns("Group", "Driver", "State", "Seconds to running");
        foreach (var a in result.Allocations)
        {
            table.AddRow(a.Id, a.Group, a.Driver, a.State, a.SecondsToRunning?.ToString("0.000") ?? "-");
        }

        screen.Write(table);
        if (result.Console.Length > 0)
        {
            screen.Write(new Panel(new Text(string.Join('\n', result.Console.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(8)))).Header("The VM's console"));
        }

        screen.WriteLine($"Used so far: {result.Usage.VcpuSeconds:0.###} vCPU-seconds, {result.Usage.MemoryGibSeconds:0.###} GiB-seconds, {result.Usage.ApiCalls:0} API calls = {result.Cost.Amount:0.#########} {result.Cost.Currency}");
        screen.WriteLine();
        screen.WriteLine("Try next:");
        foreach (var line in Hints(result, client))
        {
            // Not through the screen, which would break long lines: these are to be pasted.
            screen.Profile.Out.Writer.WriteLine("  " + line);
        }

        screen.WriteLine();
    }

    private static IEnumerable<string> Hints(DemoResult result, PlatformClient client)
    {
        var key = $"-H 'Authorization: Bearer {client.ApiKey}'";
        var provisioning = client.AppOf("provisioning").ToString().TrimEnd('/');
        var ns = $"?namespace={result.ProjectId}";
        yield return $"curl -s {key} '{provisioning}/v1/job/{result.JobId}{ns}'";
        yield return $"curl -s {key} '{provisioning}/v1/job/{result.JobId}/allocations{ns}'";
        yield return $"curl -s {key} '{provisioning}/v1/allocation/{result.Allocations[0].Id}{ns}'";
        yield return $"curl -s {key} '{provisioning}/v1/nodes'";
        yield return $"curl -s {key} '{client.AppOf("billing").ToString().TrimEnd('/')}/v1/usage'";
        yield return $"curl -s {key} '{client.AppOf("onboarding").ToString().TrimEnd('/')}/v1/audit'";
    }
}

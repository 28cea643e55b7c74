using System.Text.Json;
using Saas.Local.Platform;
using Spectre.Console;

namespace Saas.Local.Demo;

/// <summary>
/// The main job from sign-up to price, over HTTP as a customer does it, on a platform and an agent started for it and
/// stopped with it.
/// </summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(DemoOptions options, CancellationToken ct)
    {
        // With --json standard output belongs to the result.
        var redirected = options.Json ? Console.IsErrorRedirected : Console.IsOutputRedirected;
        var screen = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Out = new AnsiConsoleOutput(options.Json ? Console.Error : Console.Out),
        });

        try
        {
            if (options.Setup && !await SetUpAsync(screen, ct))
            {
                return 1;
            }

            var result = await RunAsync(options, screen, ct);
            if (options.Json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(result, DemoJson.Default.DemoResult));
            }

            return result.Succeeded ? 0 : 1;
        }
        catch (DemoException e)
        {
            screen.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return 1;
        }
        catch (HttpRequestException e)
        {
            screen.MarkupLineInterpolated($"[red]The platform did not answer: {e.Message}[/]");
            return 1;
        }
        catch (IOException e)
        {
            screen.MarkupLineInterpolated($"[red]{e.Message} Another platform may be running: --port N moves the first port.[/]");
            return 1;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task<bool> SetUpAsync(IAnsiConsole screen, CancellationToken ct)
    {
        screen.MarkupLine("[grey]Setting up libvirt, QEMU, a kernel and busybox…[/]");
        var result = await Scripts.RunAsync("setup.sh", [], ct);
        screen.WriteLine(result.Output);
        return result.ExitCode == 0;
    }

    private static async Task<DemoResult> RunAsync(DemoOptions options, IAnsiConsole screen, CancellationToken ct)
    {
        await using var platform = await LocalPlatform.StartAsync(options.Data, options.FirstPort, LogTarget.File, ct);
        using var client = new PlatformClient(platform.Apps);
        var customer = await DemoCustomer.SignUpAsync(client, ct);
        screen.MarkupLineInterpolated($"Signed up [bold]{customer.TenantId}[/] with project {customer.ProjectId} and site {customer.SiteId}.");

        var agentData = new DirectoryInfo(Path.Combine(options.Data.FullName, "demo", customer.TenantId));
        await using var agent = AgentProcess.Start(platform.Apps["provisioning"], agentData, customer.EnrolmentToken);
        var node = await DemoNode.WaitForAsync(client, agent, ct);
        screen.MarkupLineInterpolated($"Enrolled this machine as [bold]{node.Id}[/]: {node.Summary}.");

        if (node.VmFault is { } fault)
        {
            screen.MarkupLineInterpolated($"[yellow]No VM here: {fault} The process runs alone. As root, --setup installs what is missing.[/]");
        }

        var image = node.VmFault is null ? await VmImage.MakeAsync(ct) : null;
        var run = await DemoRun.SubmitAsync(client, customer, image, ct);
        try
        {
            await DemoProgress.ShowAsync(screen, run, ct);
            var result = await run.ResultAsync(node.Id, ct);
            DemoReport.Print(screen, result, client);
            if (!options.Once)
            {
                screen.MarkupLine("[bold]Ctrl-C[/] stops everything that was started.");
                await UntilCancelledAsync(ct);
            }

            return result;
        }
        finally
        {
            screen.MarkupLine("[grey]Stopping the job, the agent and the platform…[/]");
            await run.StopAsync();
        }
    }

    private static async Task UntilCancelledAsync(CancellationToken ct)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = ct.Register(stopped.SetResult);
        await stopped.Task;
    }
}

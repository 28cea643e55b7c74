using Saas.Benchmarks;
using Saas.Benchmarks.JobsApi;
using Saas.Benchmarks.Registry;
using Saas.Benchmarks.Runner;
using Spectre.Console;

// Exit codes: 0 every bar holds, 1 one does not, 2 the command was not understood, 3 a benchmark could not run.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

if (args is [RegistryServer.Verb, var folder])
{
    return await RegistryServer.RunAsync(folder, stop.Token);
}

if (args is [JobsServer.Verb, .. var arguments])
{
    return await JobsServer.RunAsync(arguments, stop.Token);
}

// A file or a pipe gets plain text, wide enough that no cell wraps.
var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
{
    console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
    console.Profile.Width = 140;
}

return await new BenchmarkRunner(Catalog.All, console, Console.Out, TimeProvider.System)
    .RunAsync(args, stop.Token);

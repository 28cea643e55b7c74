using Spectre.Console;

namespace Saas.Local.Demo;

/// <summary>The live display: one bar a group, from submitted to running.</summary>
internal static class DemoProgress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    /// <summary>Follows the run until everything runs or the patience is used up.</summary>
    public static Task ShowAsync(IAnsiConsole screen, DemoRun run, CancellationToken ct) =>
        screen.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .StartAsync(async progress =>
            {
                var bars = run.Groups.Select(g => progress.AddTask(Describe(g), maxValue: (double)Stage.Running)).ToArray();
                while (!run.IsRunning && run.Elapsed < Patience)
                {
                    await run.ObserveAsync(ct);
                    foreach (var (group, bar) in run.Groups.Zip(bars))
                    {
                        bar.Description = Describe(group);
                        bar.Value = (double)group.Stage;
                    }

                    await Task.Delay(Pause, TimeProvider.System, ct);
                }
            });

    private static string Describe(DemoGroup group) => $"{group.Name,-8} {group.Driver,-5} {group.Stage.ToString().ToLowerInvariant(),-10}";
}

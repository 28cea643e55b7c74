namespace Saas.EndToEnd.Tests.Tools;

/// <summary>The built programs under test, of the same configuration as the tests.</summary>
internal static class Programs
{
    private static readonly string Root = FindRoot();
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string Local { get; } = Path.Combine(Root, "functions/Local/bin", Configuration, "net10.0/Saas.Local.dll");

    public static string Agent { get; } = Path.Combine(Path.GetDirectoryName(Local)!, "agent/Saas.EdgeAgent.dll");

    /// <summary>An app of <c>functions/</c> by itself.</summary>
    public static string App(string name) => Path.Combine(Root, "functions", name, "bin", Configuration, $"net10.0/Saas.{name}.dll");

    public static string Scheduler { get; } = Path.Combine(Root, "scheduler/Host/bin", Configuration, "net10.0/Saas.Scheduler.Host.dll");

    /// <summary>A script of <c>functions/Local/Demo/Setup</c>.</summary>
    public static string Script(string name) => Path.Combine(Root, "functions/Local/Demo/Setup", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Saas.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Saas.sln above {AppContext.BaseDirectory}.");
    }
}

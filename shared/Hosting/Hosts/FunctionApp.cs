using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Saas.Hosting.CustomHandler;
using Saas.Hosting.Modules;

namespace Saas.Hosting.Hosts;

/// <summary>What every app's Program.cs calls.</summary>
public static class FunctionApp
{
    private const string WriteFunctions = "--write-functions";

    /// <summary>
    /// Serves the module until the process is told to stop: under the Azure Functions host if that started it, else by
    /// itself. <c>--write-functions DIR</c> writes what the Functions host needs and ends. Settings come from the
    /// environment and from <c>--NAME value</c>; see docs/hosting.md.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IModule module, string[] args)
    {
        if (args is [WriteFunctions, var folder])
        {
            FunctionFiles.Write(folder, module, Path.GetFileName(Environment.ProcessPath) ?? module.Name);
            return 0;
        }

        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
            using var platform = PlatformConnection.Open(configuration, TimeProvider.System);
            await using var app = KestrelHost.Build(module, platform.Services, HostingOptions.From(configuration));
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or Storage.StorageUnavailableException or FormatException)
        {
            await Console.Error.WriteLineAsync($"{module.Name}: {e.Message}");
            return 1;
        }
    }
}

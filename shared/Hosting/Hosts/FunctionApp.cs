using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Saas.Hosting.Modules;

namespace Saas.Hosting.Hosts;

/// <summary>What every app's Program.cs calls.</summary>
public static class FunctionApp
{
    /// <summary>
    /// Serves the module until the process is told to stop. Settings come from the environment and from
    /// <c>--name value</c>; see docs/hosting.md.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IModule module, string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        await using var platform = PlatformConnection.Open(configuration);
        await using var app = KestrelHost.Build(module, platform.Services, new HostingOptions
        {
            Configuration = configuration,
            Url = configuration["SAAS_URL"] ?? "http://127.0.0.1:7071",
        });
        await app.RunAsync();
        return 0;
    }
}

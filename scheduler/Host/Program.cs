using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Saas.Hosting.Hosts;
using Saas.Scheduler.Host;
using Saas.Storage;

// The container's entry point. Settings come from the environment and from --NAME value; see docs/scheduler.md.
try
{
    var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
    using var platform = PlatformConnection.Open(configuration, TimeProvider.System);
    await using var app = SchedulerApp.Build(platform.Services, configuration);
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (error is InvalidOperationException or StorageUnavailableException or FormatException)
{
    await Console.Error.WriteLineAsync($"scheduler: {error.Message}");
    return 1;
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Hosts;
using Saas.Storage;

namespace Saas.Scheduler.Host;

/// <summary>The scheduler with its health endpoints. On SIGTERM it gives up its leases, and another takes over at once.</summary>
internal static class SchedulerApp
{
    public static WebApplication Build(PlatformServices platform, IConfiguration configuration)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "scheduler" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls(configuration["SAAS_URL"] ?? "http://127.0.0.1:7079");
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(static console => console.SingleLine = true);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(services => new SchedulerHost(
            new PlatformScope(platform.Store), platform.Queue, platform.Lease, platform.Signal, platform.Time,
            SchedulerOptions.From(configuration), services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddHostedService<SchedulerRun>();

        var app = builder.Build();
        app.MapGet("/healthz", static context => AnswerAsync(context, isWell: true));
        app.MapGet("/readyz", static context =>
            AnswerAsync(context, context.RequestServices.GetRequiredService<SchedulerHost>().IsReady));
        return app;
    }

    private static Task AnswerAsync(HttpContext context, bool isWell)
    {
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(isWell ? "ok" : "not ready", context.RequestAborted);
    }

    private sealed class SchedulerRun(SchedulerHost scheduler) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => scheduler.RunAsync(stoppingToken);
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Audit;
using Saas.Hosting.CustomHandler;
using Saas.Hosting.Health;
using Saas.Hosting.Idempotency;
using Saas.Hosting.Limits;
using Saas.Hosting.Metering;
using Saas.Hosting.Modules;
using Saas.Hosting.OpenApi;
using Saas.Hosting.Pipeline;
using Saas.Hosting.Routing;
using Saas.Hosting.Telemetry;
using Saas.Hosting.Triggers;
using Saas.Identity;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;

namespace Saas.Hosting.Hosts;

/// <summary>Serves a module over Kestrel: local runs, plain containers, tests, and behind the Functions host.</summary>
public static class KestrelHost
{
    /// <summary>
    /// The module's application, not yet started. Its routes are in the <see cref="RouteTable"/> among its services.
    /// </summary>
    /// <exception cref="InvalidOperationException">A route declares no access, or is mapped twice.</exception>
    public static WebApplication Build(IModule module, PlatformServices platform, HostingOptions options)
    {
        var routes = RouteTable.Of(module);
        HealthRoutes.Map(routes, new HealthRoutes(platform.Store, platform.Time));
        OpenApiRoute.Map(routes, module.Name);
        var triggers = TriggerTable.Of(module);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = module.Name });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls(options.Url);
        AddLogging(builder.Logging, options);
        AddServices(builder.Services, module, platform, options, routes);
        AddTriggers(builder.Services, module, options, triggers);

        var app = builder.Build();
        app.Services.GetRequiredService<TelemetryExport>();
        app.UseMiddleware<ProblemMiddleware>();
        if (options.CustomHandler is not null)
        {
            app.Services.GetRequiredService<InvocationMiddleware>();
            app.UseMiddleware<InvocationMiddleware>();
        }

        if (module.Protocol is { } protocol)
        {
            app.UseWebSockets();
            app.Use(next => async http =>
            {
                await protocol.PrepareAsync(http);
                await next(http);
            });
        }

        app.UseRouting();
        app.Use(UndeclaredEndpoints.RefuseAsync);
        ((IEndpointRouteBuilder)app).DataSources.Add(
            new DefaultEndpointDataSource(app.Services.GetRequiredService<RouteEndpoints>().Build()));
        return app;
    }

    private static void AddLogging(ILoggingBuilder logging, HostingOptions options)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (options.Logging is { } configure)
        {
            configure(logging);
        }
        else
        {
            logging.AddSimpleConsole(console => (console.SingleLine, console.IncludeScopes) = (true, true));
        }
    }

    private static void AddServices(
        IServiceCollection services, IModule module, PlatformServices platform, HostingOptions options, RouteTable routes)
    {
        services.AddRoutingCore();
        services.AddSingleton(routes);
        services.AddSingleton(platform.Queue);
        services.AddSingleton(platform.Lease);
        services.AddSingleton(platform.Signal);
        services.AddSingleton(platform.Time);
        services.AddSingleton(new TenantScopes(platform.Store));
        if (module.NeedsPlatformScope)
        {
            services.AddSingleton(new PlatformScope(platform.Store));
        }

        if (module.Protocol is { } protocol)
        {
            services.AddSingleton(protocol);
        }

        services.AddIdentity();
        services.AddSingleton(options);
        services.AddSingleton(options.Limits);
        services.AddSingleton(new ClientAddress(options.TrustedProxies));
        services.AddSingleton(new PublicRows(platform.Store));
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton(AuditSpoolOptions.From(options.Configuration));
        services.AddSingleton<AuditSpool>();
        services.AddHostedService<AuditShipping>();
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<AllowedCalls>();
        services.AddSingleton(s => new UsageMeter(
            module.Name, platform.Queue, platform.Time, s.GetRequiredService<ILogger<UsageMeter>>()));
        services.AddHostedService(s => s.GetRequiredService<AllowedCalls>());
        services.AddHostedService(s => s.GetRequiredService<UsageMeter>());
        services.AddHostedService<UndeclaredEndpoints>();
        services.AddSingleton(_ => new TelemetryExport(module.Name, options.Instance, options.OtlpEndpoint, options.OtlpOverHttp));
        services.AddSingleton<PipelineParts>();
        services.AddSingleton<RouteEndpoints>();
        services.AddSingleton<ProblemMiddleware>();
        module.AddServices(services, options.Configuration);
        options.Services?.Invoke(services);
    }

    private static void AddTriggers(IServiceCollection services, IModule module, HostingOptions options, TriggerTable triggers)
    {
        if (options.CustomHandler is { } handler)
        {
            services.AddSingleton(triggers);
            services.AddSingleton(handler);
            services.AddSingleton<InvocationMiddleware>();
        }

        foreach (var queue in options.PumpQueues ? triggers.Queues : [])
        {
            services.AddSingleton<IHostedService>(s => new QueuePump(
                queue, s.GetRequiredService<IMessageQueue>(), s, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<QueuePump>>()));
        }

        foreach (var timer in options.RunTimers ? triggers.Timers : [])
        {
            services.AddSingleton<IHostedService>(s => new TimerRunner(
                module.Name, timer, s.GetRequiredService<ILease>(), s, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<TimerRunner>>()));
        }
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Saas.Registry.Tests.Middleware;

/// <summary>An instance of a service: answers every request with its name, after a moment, and counts them.</summary>
internal sealed class WebInstance : IAsyncDisposable
{
    private const int SlowestMs = 20;

    private readonly WebApplication _app;
    private long _served;

    private WebInstance(string name)
    {
        Name = name;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        _app = builder.Build();
        _app.Run(async http =>
        {
            Interlocked.Increment(ref _served);
            await Task.Delay(Random.Shared.Next(SlowestMs), http.RequestAborted);
            await http.Response.WriteAsync(Name, http.RequestAborted);
        });
    }

    public string Name { get; }
    public int Port { get; private set; }
    public long Served => Interlocked.Read(ref _served);

    public static async Task<WebInstance> StartAsync(string name)
    {
        var instance = new WebInstance(name);
        await instance._app.StartAsync();
        instance.Port = new Uri(instance._app.Urls.First()).Port;
        return instance;
    }

    /// <summary>Answers what it has begun to, then ends.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Ends at once; connections are reset.</summary>
    public Task CrashAsync() => _app.StopAsync(new CancellationToken(canceled: true));

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

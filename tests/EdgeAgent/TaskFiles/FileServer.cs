using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Saas.EdgeAgent.Tests.TaskFiles;

/// <summary>A real HTTP server of files, which may be slow, redirect, and note what it was asked.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FileServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, string> Redirects { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths that are begun and never ended.</summary>
    public ConcurrentDictionary<string, bool> Endless { get; } = new(StringComparer.Ordinal);

    /// <summary>Path and header <c>X-Token</c>.</summary>
    public ConcurrentQueue<(string Path, string Token)> Requests { get; } = new();

    /// <summary>Paths of files that were there.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new FileServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public string Of(string path) => new Uri(Address, path).ToString();

    public async ValueTask DisposeAsync()
    {
        Endless.Clear();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        Requests.Enqueue((path, http.Request.Headers["X-Token"].ToString()));
        if (Redirects.TryGetValue(path, out var to))
        {
            http.Response.Redirect(to);
            return;
        }

        if (!Files.TryGetValue(path, out var file))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Sent.Enqueue(path);
        await http.Response.Body.WriteAsync(file, http.RequestAborted);
        if (Endless.ContainsKey(path))
        {
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Saas.LocalRegistry.Tests.Checks;

/// <summary>grpc.health.v1.Health over HTTP/2 in the clear: knows the services "" and "well", which serve, and "ill", which does not.</summary>
internal sealed class GrpcHealthServer(WebApplication app) : IAsyncDisposable
{
    public string Target => app.Urls.Single()["http://".Length..];

    public static async Task<GrpcHealthServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapPost("/grpc.health.v1.Health/Check", CheckAsync);
        await app.StartAsync();
        return new GrpcHealthServer(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task CheckAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var message = body.ToArray()[5..];
        var service = message.Length == 0 ? "" : Encoding.UTF8.GetString(message, 2, message[1]);
        http.Response.ContentType = "application/grpc";
        if (service is not ("" or "well" or "ill") || http.Request.ContentType != "application/grpc" || http.Request.Headers.TE != "trailers")
        {
            http.Response.Headers["grpc-status"] = "5";
            http.Response.Headers["grpc-message"] = "unknown%20service";
            return;
        }

        await http.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 0x08, (byte)(service == "ill" ? 2 : 1) });
        http.Response.AppendTrailer("grpc-status", "0");
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;

namespace Saas.Hosting.Tests.Limits;

public sealed class BodyLimitTests
{
    private static readonly RouteAccess Write = RouteAccess.Requires("things:write", "thing");

    private static TestModule Things() => new TestModule()
        .Post("/v1/things", Write, async (request, ct) =>
        {
            var thing = await request.ReadAsync(TestJson.Default.Thing, null, ct);
            return Results.Text(thing.Name);
        })
        .With(routes => routes.Map("POST", "/v1/tiny", Write, async (request, ct) =>
            Results.Text((await request.ReadAsync(TestJson.Default.Thing, null, ct)).Name)).MaxBodyBytes(100));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TenMegabytesAreRefusedAndTheConnectionGoesOn(bool chunked)
    {
        await using var app = await TestApp.StartAsync(Things());
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        var connections = 0;
        handler.ConnectCallback = async (context, ct) =>
        {
            connections++;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var client = new HttpClient(handler) { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestApp.OwnerKey);
        for (var i = 0; i < 3; i++)
        {
            var body = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('n', 10 * 1024 * 1024)}}","size":1}""");
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/things") { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TransferEncodingChunked = chunked;
            await (await client.SendAsync(request)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        }

        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task ARouteMayHaveALimitOfItsOwn()
    {
        await using var app = await TestApp.StartAsync(Things());
        var body = $$"""{"name":"{{new string('n', 100)}}","size":1}""";
        await (await app.PostAsync("/v1/tiny", body)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync("/v1/things", body)).StatusCode);
    }

    [Theory]
    [InlineData("GET /v1/things?", "", 414)]
    [InlineData("GET /v1/things HTTP/1.1\r\nHost: x\r\nX-Long: ", "", 431)]
    public async Task ATooLongLineOrHeaderIsRefusedByTheServer(string start, string end, int status)
    {
        await using var app = await TestApp.StartAsync(Things());
        using var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(start + new string('x', 64 * 1024) + end));
        using var reader = new StreamReader(stream);
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }
}

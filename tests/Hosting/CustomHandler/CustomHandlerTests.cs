using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Saas.Hosting.CustomHandler;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;
using Saas.TestKit;

namespace Saas.Hosting.Tests.CustomHandler;

public sealed class CustomHandlerTests : IAsyncLifetime
{
    private const string Message = """{"tenant":"ä","items":[1,2]}""";

    private static readonly Action<ILogger, Exception?> Reading = LoggerMessage.Define(LogLevel.Information, new EventId(1), "reading");

    private readonly TempDirectory _folder = new();
    private readonly ConcurrentQueue<string> _handled = new();
    private Func<string, Exception?> _fails = _ => null;
    private TestApp _app = null!;
    private FunctionsHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var module = new TestModule()
            .Get("/v1/things/{id}", RouteAccess.Requires("things:read", "thing"), r =>
            {
                Reading(r.Service<ILogger<CustomHandlerTests>>(), null);
                return Results.Text($"{r.Route("id")}?{r.Query("q")}");
            })
            .Post("/v1/things", RouteAccess.Requires("things:write", "thing"), async (r, ct) =>
                Results.Text((await r.ReadAsync(TestJson.Default.Thing, null, ct)).Name))
            .WithTrigger(t => t.Queue("UsageIngest", "usage", (_, body, _) => Handle(Encoding.UTF8.GetString(body.Span))))
            .WithTrigger(t => t.Timer("Sweep", "0 */5 * * * *", (_, _) => Handle("tick")));
        FunctionFiles.Write(_folder.Path, module, "Saas.Testing");
        var port = FreePort.Find();
        _app = await TestApp.StartAsync(module, new HostingOptions
        {
            CustomHandler = new CustomHandlerOptions(port, _folder.Path),
            Url = $"http://127.0.0.1:{port}",
            RunTimers = false,
            PumpQueues = false,
        });
        _host = new FunctionsHost(port, _folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AQueueMessageIsHandledAndAnsweredInTheHostsShape()
    {
        var response = await _host.InvokeQueueAsync("UsageIngest", Encoding.UTF8.GetBytes(Message), Guid.NewGuid());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("""{"Outputs":{},"Logs":[],"ReturnValue":null}""", await response.Content.ReadAsStringAsync());
        Assert.Equal([Message], _handled);
    }

    [Fact]
    public async Task ATimerTicks()
    {
        Assert.Equal(HttpStatusCode.OK, (await _host.InvokeTimerAsync("Sweep", Guid.NewGuid())).StatusCode);
        Assert.Equal(["tick"], _handled);
    }

    [Fact]
    public async Task EveryFormAMessageMayComeInIsUnderstood()
    {
        var binding = _host.BindingName("UsageIngest");
        JsonNode[] forms =
        [
            Message,
            JsonValue.Create(Message).ToJsonString(),
            JsonNode.Parse(Message)!,
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Message)),
        ];
        foreach (var form in forms)
        {
            Assert.Equal(HttpStatusCode.OK, (await _host.InvokeAsync("UsageIngest", binding, form, Guid.NewGuid())).StatusCode);
        }

        Assert.Equal(forms.Length, _handled.Count);
        Assert.All(_handled, m => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Message), JsonNode.Parse(m)), m));
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException), HttpStatusCode.InternalServerError)]
    [InlineData(typeof(Storage.StorageUnavailableException), HttpStatusCode.ServiceUnavailable)]
    [InlineData(typeof(PoisonMessageException), HttpStatusCode.InternalServerError)]
    public async Task AFailureIsNotASuccessSoThatTheHostInvokesAgain(Type failure, HttpStatusCode status)
    {
        var invocation = Guid.NewGuid();
        _fails = _ => (Exception)Activator.CreateInstance(failure, "it failed", null)!;
        Assert.Equal(status, (await _host.InvokeQueueAsync("UsageIngest", Encoding.UTF8.GetBytes(Message), invocation)).StatusCode);
        var line = Assert.Single(_app.Log.Lines, l => l.Contains("UsageIngest failed", StringComparison.Ordinal));
        Assert.Contains($"invocation {invocation}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AForwardedRequestIsServedOnItsOwnPathAndItsInvocationIsInTheLog()
    {
        var invocation = Guid.NewGuid();
        var response = await _host.ForwardAsync(HttpMethod.Get, "/v1/things/a%2Fb?q=%C3%A4", null, invocation,
            ("Host", "saas.example"), ("Authorization", "Bearer " + TestApp.OwnerKey), ("X-Forwarded-For", "203.0.113.4:5000"));
        Assert.Equal("a%2Fb?ä", await response.Content.ReadAsStringAsync());
        Assert.Contains(_app.Log.Lines, l => l.Contains("reading", StringComparison.Ordinal) && l.Contains($"invocation {invocation}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AForwardedBodyAndTheAnswersStatusComeThrough()
    {
        var posted = await _host.ForwardAsync(HttpMethod.Post, "/v1/things", """{"name":"n","size":1}""", Guid.NewGuid(),
            ("Authorization", "Bearer " + TestApp.OwnerKey));
        Assert.Equal("n", await posted.Content.ReadAsStringAsync());
        var anonymous = await _host.ForwardAsync(HttpMethod.Get, "/v1/things/1", null, Guid.NewGuid());
        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory]
    [InlineData("/UsageIngest", "message")]
    [InlineData("/usageingest", "message")]
    [InlineData("/%55sageIngest", "message")]
    [InlineData("/UsageIngest?x=1", "message")]
    [InlineData("/UsageIngest", "message00000000000000000000000000000000")]
    [InlineData("/Sweep", "timer")]
    public async Task AnOutsideRequestToAFunctionsNameRunsNothing(string path, string binding)
    {
        var body = $$$"""{"Data":{"{{{binding}}}":"{}"},"Metadata":{}}""";
        foreach (var host in new[] { "saas.example", $"127.0.0.1:{_app.Address.Port}" })
        {
            var response = await _host.ForwardAsync(HttpMethod.Post, path, body, Guid.NewGuid(), ("Host", host),
                ("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString()), ("User-Agent", "Azure-Functions-Host/" + FunctionsHost.Version),
                ("Authorization", "Bearer " + TestApp.OwnerKey));
            await response.ProblemAsync(HttpStatusCode.NotFound, "no-such-route");
        }

        Assert.Empty(_handled);
    }

    [Fact]
    public async Task EvenTheRightBindingNameDoesNotHelpUnderAnotherHostName()
    {
        var body = $$$"""{"Data":{"{{{_host.BindingName("Sweep")}}}":"{}"},"Metadata":{}}""";
        var response = await _host.ForwardAsync(HttpMethod.Post, "/Sweep", body, Guid.NewGuid(), ("Host", "saas.example"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(_handled);
    }

    [Fact]
    public async Task TheHostsPingAtTheRootIsAnswered() =>
        Assert.Equal(HttpStatusCode.NotFound, (await _app.Anonymous.GetAsync("/")).StatusCode);

    private Task Handle(string what)
    {
        if (_fails(what) is { } failure)
        {
            throw failure;
        }

        _handled.Enqueue(what);
        return Task.CompletedTask;
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;
using Saas.TestKit;

namespace Saas.LocalRegistry.Tests.Checks;

/// <summary>Every kind of check against something real on this machine.</summary>
public sealed class ProbeTests
{
    [Theory]
    [InlineData(200, "passing")]
    [InlineData(204, "passing")]
    [InlineData(299, "passing")]
    [InlineData(304, "critical")]
    [InlineData(404, "critical")]
    [InlineData(429, "warning")]
    [InlineData(500, "critical")]
    public async Task Http_StatusDecides(int status, string expected)
    {
        await using var server = await ServeAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var result = await RunAsync(new CheckDefinition { Id = "c", Name = "c", Http = server.Urls.Single() + "/health", Interval = Second });

        Assert.Equal(expected, result.Status);
        Assert.StartsWith($"HTTP GET {server.Urls.Single()}/health: {status} ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_SendsWhatIsAsked_AndKeepsTheLastOfALongAnswer()
    {
        var seen = "";
        await using var server = await ServeAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen = $"{http.Request.Method} {http.Request.Host} {http.Request.Headers["x-k"]} {http.Request.Headers.UserAgent} {await reader.ReadToEndAsync()}";
            await http.Response.WriteAsync(new string('a', 100_000) + "the end");
        });

        var result = await RunAsync(new CheckDefinition
        {
            Id = "c", Name = "c", Http = server.Urls.Single(), Interval = Second, Method = "POST", Body = "ping",
            Header = new Dictionary<string, IReadOnlyList<string>> { ["Host"] = ["example.org"], ["x-k"] = ["1", "2"] },
        });

        Assert.Equal("POST example.org 1,2 Consul Health Check ping", seen.Replace(", ", ",", StringComparison.Ordinal));
        Assert.EndsWith("the end", result.Output, StringComparison.Ordinal);
        Assert.InRange(result.Output.Length, 4096, 4300);
    }

    [Fact]
    public async Task Http_FollowsRedirects_UnlessToldNotTo()
    {
        await using var server = await ServeAsync(http =>
        {
            if (http.Request.Path == "/a")
            {
                http.Response.Redirect("/b");
            }

            return Task.CompletedTask;
        });
        var check = new CheckDefinition { Id = "c", Name = "c", Http = server.Urls.Single() + "/a", Interval = Second };

        Assert.Equal("passing", (await RunAsync(check)).Status);
        Assert.Equal("critical", (await RunAsync(check with { DisableRedirects = true })).Status);
    }

    [Fact]
    public async Task Http_NobodyThere_OrNoAnswer_IsCritical()
    {
        await using var server = await ServeAsync(http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted));
        var check = new CheckDefinition { Id = "c", Name = "c", Http = server.Urls.Single(), Interval = Second, Timeout = TimeSpan.FromMilliseconds(300) };

        Assert.Contains("no answer within 300ms", (await RunAsync(check)).Output, StringComparison.Ordinal);
        Assert.Equal("critical", (await RunAsync(check with { Http = $"http://127.0.0.1:{FreePort.Find()}" })).Status);
        Assert.Equal("critical", (await RunAsync(check with { Http = "gopher://x" })).Status);
    }

    [Fact]
    public async Task Tcp_ConnectionDecides()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var target = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

        Assert.Equal(CheckResult.Passing($"TCP connect {target}: Success"), await RunAsync(new CheckDefinition { Id = "c", Name = "c", Tcp = target, Interval = Second }));
        Assert.Equal("critical", (await RunAsync(new CheckDefinition { Id = "c", Name = "c", Tcp = $"127.0.0.1:{FreePort.Find()}", Interval = Second })).Status);
        Assert.Equal("critical", (await RunAsync(new CheckDefinition { Id = "c", Name = "c", Tcp = "nonsense", Interval = Second })).Status);
    }

    [Fact]
    public async Task Udp_ARefusalIsCritical_SilenceIsNot()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var silent = new CheckDefinition { Id = "c", Name = "c", Udp = socket.LocalEndPoint!.ToString()!, Interval = Second, Timeout = TimeSpan.FromMilliseconds(300) };
        Assert.Equal("passing", (await RunAsync(silent)).Status);
        socket.Close();
        Assert.Equal("critical", (await RunAsync(silent with { Timeout = TimeSpan.FromSeconds(5) })).Status);
    }

    [Theory]
    [InlineData("exit 0", "passing", "")]
    [InlineData("echo out; echo err >&2; exit 1", "warning", "out\nerr\n")]
    [InlineData("echo no; exit 2", "critical", "no\n")]
    [InlineData("kill -9 $$", "critical", "")]
    public async Task Script_ExitCodeDecides(string script, string expected, string output)
    {
        var result = await RunAsync(Script(script));

        Assert.Equal(expected, result.Status);
        Assert.Equal(output.Split('\n').Order(), result.Output.Split('\n').Order());
    }

    [Fact]
    public async Task Script_OverItsTime_IsKilledWithAllItStarted()
    {
        using var folder = new TempDirectory();
        var pid = folder.File("pid");
        var result = await RunAsync(Script($"sleep 1000 & echo $! > {pid}; echo started; wait") with { Timeout = TimeSpan.FromSeconds(3) });

        Assert.Equal("critical", result.Status);
        Assert.StartsWith("Timed out (3s) running check", result.Output, StringComparison.Ordinal);
        var child = int.Parse(await File.ReadAllTextAsync(pid));
        await Poll.UntilAsync(() => !IsRunning(child), "the end of what the script started");
    }

    [Fact]
    public async Task Script_LongOutput_KeepsItsLast()
    {
        var result = await RunAsync(Script("i=0; while [ $i -lt 3000 ]; do echo 1234567890; i=$((i+1)); done; echo last"));

        Assert.StartsWith("Captured 4096 of 33005 bytes\n...\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("last\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_WhichIsNotThere_IsCritical() =>
        Assert.Equal("critical", (await RunAsync(new CheckDefinition { Id = "c", Name = "c", Args = ["/no/such/program"], Interval = Second })).Status);

    [Fact]
    public async Task Grpc_AsksForTheService_AndReadsItsAnswer()
    {
        await using var server = await GrpcHealthServer.StartAsync();
        var check = new CheckDefinition { Id = "c", Name = "c", Grpc = $"{server.Target}/well", Interval = Second };

        Assert.Equal(CheckResult.Passing($"gRPC check {server.Target}/well: success"), await RunAsync(check));
        Assert.Equal("passing", (await RunAsync(check with { Grpc = server.Target })).Status);
        Assert.Equal("gRPC application didn't report service healthy", (await RunAsync(check with { Grpc = $"{server.Target}/ill" })).Output);
        Assert.Contains("code = 5", (await RunAsync(check with { Grpc = $"{server.Target}/unknown" })).Output, StringComparison.Ordinal);
        Assert.Equal("critical", (await RunAsync(check with { Grpc = $"127.0.0.1:{FreePort.Find()}" })).Status);
    }

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CheckDefinition Script(string script) => new() { Id = "c", Name = "c", Args = ["sh", "-c", script], Interval = Second };

    private static async Task<CheckResult> RunAsync(CheckDefinition definition)
    {
        using var factory = new ProbeFactory(TimeProvider.System);
        using var probe = factory.Create(definition);
        return await probe.ProbeAsync(CancellationToken.None);
    }

    private static bool IsRunning(int pid) => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static async Task<WebApplication> ServeAsync(RequestDelegate handler)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return app;
    }
}

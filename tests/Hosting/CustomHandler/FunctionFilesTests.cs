using System.Text.Json;
using System.Text.RegularExpressions;
using Saas.Hosting.CustomHandler;
using Saas.Hosting.Hosts;
using Saas.Hosting.Tests.Support;
using Saas.Hosting.Triggers;
using Saas.TestKit;

namespace Saas.Hosting.Tests.CustomHandler;

public sealed partial class FunctionFilesTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    private readonly TestModule _module = new TestModule()
        .WithTrigger(t => t.Queue("UsageIngest", "usage", (_, _, _) => Task.CompletedTask))
        .WithTrigger(t => t.Timer("Sweep", "0 */5 * * * *", (_, _) => Task.CompletedTask));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AnAppWritesWhatTheFunctionsHostReads()
    {
        Assert.Equal(0, await FunctionApp.RunAsync(_module, ["--write-functions", _folder.Path]));
        var host = Read("host.json");
        Assert.Equal("2.0", host.GetProperty("version").GetString());
        Assert.Equal("", host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        Assert.True(host.GetProperty("customHandler").GetProperty("enableForwardingHttpRequest").GetBoolean());

        var http = Read("Http/function.json").GetProperty("bindings");
        Assert.Equal(["httpTrigger", "http"], http.EnumerateArray().Select(b => b.GetProperty("type").GetString()));
        Assert.Equal("{*path}", http[0].GetProperty("route").GetString());
        Assert.Equal("anonymous", http[0].GetProperty("authLevel").GetString());

        var queue = Read("UsageIngest/function.json").GetProperty("bindings")[0];
        Assert.Equal(("serviceBusTrigger", "usage", "binary"),
            (queue.GetProperty("type").GetString(), queue.GetProperty("queueName").GetString(), queue.GetProperty("dataType").GetString()));

        var timer = Read("Sweep/function.json").GetProperty("bindings")[0];
        Assert.Equal(("timerTrigger", "0 */5 * * * *"), (timer.GetProperty("type").GetString(), timer.GetProperty("schedule").GetString()));
    }

    [Fact]
    public void BindingNamesAreUnguessableAndOfTheFormTheHostAllows()
    {
        FunctionFiles.Write(_folder.Path, _module, "app");
        var first = FunctionFiles.ReadBindingNames(_folder.Path, TriggerTable.Of(_module));
        FunctionFiles.Write(_folder.Path, _module, "app");
        var second = FunctionFiles.ReadBindingNames(_folder.Path, TriggerTable.Of(_module));
        Assert.Equal(4, first.Values.Concat(second.Values).Distinct().Count());
        Assert.All(first.Values, name => Assert.Matches(HostsBindingName(), name));
    }

    [Fact]
    public async Task AFunctionThatWasNotPublishedIsNotInvokedAndHttpIsServed()
    {
        var port = FreePort.Find();
        var options = new HostingOptions { CustomHandler = new CustomHandlerOptions(port, _folder.Path), Url = $"http://127.0.0.1:{port}" };
        await using var app = await TestApp.StartAsync(_module, options);
        using var invocation = new StringContent("""{"Data":{"message":"e30="},"Metadata":{}}""", System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(404, (int)(await app.Anonymous.PostAsync("/UsageIngest", invocation)).StatusCode);
        Assert.Equal(200, (int)(await app.Anonymous.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task AnAppWithForeignFunctionFilesDoesNotStartUnderTheHost()
    {
        Directory.CreateDirectory(_folder.File("Sweep"));
        await File.WriteAllTextAsync(_folder.File("Sweep/function.json"), "{}");
        var options = new HostingOptions { CustomHandler = new CustomHandlerOptions(FreePort.Find(), _folder.Path) };
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(_module, options));
        Assert.Contains("--write-functions", refused.Message, StringComparison.Ordinal);
    }

    private JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllBytes(_folder.File(file))).RootElement;

    /// <summary>What Azure/azure-functions-host accepts (Utility.BindingNameValidationRegex).</summary>
    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9]{0,127}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostsBindingName();
}

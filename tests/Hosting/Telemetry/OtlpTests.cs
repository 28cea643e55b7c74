using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;

namespace Saas.Hosting.Tests.Telemetry;

public sealed class OtlpTests
{
    private static TestModule Things() =>
        new TestModule().Get("/v1/things/{id}", RouteAccess.Requires("things:read", "thing"), _ => Results.Text("the answer's payload"));

    [Fact]
    public async Task TracesAndMetricsAreSentWithoutCredentialsOrPayloads()
    {
        var received = new ConcurrentQueue<(string Path, string Body)>();
        await using var collector = await StartCollectorAsync(received);
        var options = new HostingOptions { OtlpEndpoint = new Uri(collector.Urls.First()), OtlpOverHttp = true };
        await using (var app = await TestApp.StartAsync(Things(), options))
        {
            await app.Client.GetAsync("/v1/things/7?token=in-the-query");
        }

        Assert.Equal(["/v1/metrics", "/v1/traces"], received.Select(r => r.Path).Distinct().Order(StringComparer.Ordinal));
        var sent = string.Concat(received.Select(r => r.Body));
        Assert.Contains("/v1/things/{id}", sent, StringComparison.Ordinal);
        Assert.Contains("saas-testing", sent, StringComparison.Ordinal);
        Assert.DoesNotContain(TestApp.OwnerKey, sent, StringComparison.Ordinal);
        Assert.DoesNotContain("in-the-query", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("payload", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://collector:4317", true)]
    public void From_Settings_TheEndpointIsTheSwitch(string? endpoint, bool isOn)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint }).Build();
        Assert.Equal(isOn, HostingOptions.From(settings).OtlpEndpoint is not null);
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentQueue<(string Path, string Body)> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.Latin1);
            received.Enqueue((http.Request.Path.Value!, await reader.ReadToEndAsync()));
        });
        await collector.StartAsync();
        return collector;
    }
}

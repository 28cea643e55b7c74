using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Saas.Hosting.Telemetry;

/// <summary>
/// Sends traces and metrics over OTLP, those ASP.NET Core and Kestrel make and our own. Off unless an endpoint is
/// given; then nothing is listened to and nothing is made.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    public TelemetryExport(string module, string instance, Uri? endpoint, bool overHttp)
    {
        if (endpoint is null)
        {
            return;
        }

        void Configure(OtlpExporterOptions options, string path)
        {
            options.Protocol = overHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            options.Endpoint = overHttp ? new Uri(endpoint, $"{endpoint.AbsolutePath.TrimEnd('/')}/v1/{path}") : endpoint;
        }

        var resource = ResourceBuilder.CreateDefault().AddService("saas-" + module, serviceInstanceId: instance);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", HostingTelemetry.Name)
            .AddOtlpExporter(options => Configure(options, "traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", HostingTelemetry.Name)
            .AddOtlpExporter(options => Configure(options, "metrics"))
            .Build();
    }

    public bool IsOn => _traces is not null;

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}

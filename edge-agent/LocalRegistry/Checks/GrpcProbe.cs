using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Saas.LocalRegistry.Checks;

/// <summary>
/// The gRPC health checking protocol (grpc.health.v1.Health/Check): one call over HTTP/2, in the clear with prior
/// knowledge or over TLS. Its two messages have one field each and are written and read here by hand.
/// </summary>
internal sealed class GrpcProbe : ICheckProbe
{
    private const string Path = "/grpc.health.v1.Health/Check";
    private const int MaxAnswerBytes = 4096;
    private const ulong Serving = 1;

    private readonly CheckDefinition _definition;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly Uri? _target;
    private readonly string _service;

    public GrpcProbe(CheckDefinition definition, TimeProvider time)
    {
        (_definition, _time) = (definition, time);
        var slash = definition.Grpc.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? definition.Grpc : definition.Grpc[..slash];
        _service = slash < 0 ? "" : definition.Grpc[(slash + 1)..];
        _target = HostPort.Parse(host) is not null && Uri.TryCreate($"{(definition.GrpcUseTls ? "https" : "http")}://{host}{Path}", UriKind.Absolute, out var uri) ? uri : null;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.Zero,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            SslOptions = ProbeTls.Options(definition, _target?.Host ?? ""),
        });
    }

    public async Task<CheckResult> ProbeAsync(CancellationToken ct)
    {
        if (_target is null)
        {
            return CheckResult.Critical($"gRPC check {_definition.Grpc}: not host:port/service");
        }

        using var limit = new ProbeTimeout(_definition.EffectiveTimeout, _time, ct);
        try
        {
            using var request = CreateRequest(_target);
            using var response = await _http.SendAsync(request, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return CheckResult.Critical($"gRPC check {_definition.Grpc}: HTTP status {(int)response.StatusCode}");
            }

            var message = await ReadAsync(response, limit.Token);
            return Judge(message, Status(response, "grpc-status"), Status(response, "grpc-message"));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return CheckResult.Critical($"gRPC check {_definition.Grpc}: no answer within {GoDuration.Format(_definition.EffectiveTimeout)}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return CheckResult.Critical($"gRPC check {_definition.Grpc}: {e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private CheckResult Judge(byte[] message, string? code, string? text)
    {
        if (code is not (null or "0"))
        {
            return CheckResult.Critical($"gRPC check {_definition.Grpc}: rpc error: code = {code} desc = {Uri.UnescapeDataString(text ?? "")}");
        }

        return ServingStatus(message) == Serving
            ? CheckResult.Passing($"gRPC check {_definition.Grpc}: success")
            : CheckResult.Critical("gRPC application didn't report service healthy");
    }

    private HttpRequestMessage CreateRequest(Uri target)
    {
        // Length-prefixed message: not compressed, length, then HealthCheckRequest { string service = 1; }.
        var name = Encoding.UTF8.GetBytes(_service);
        var message = new List<byte>();
        if (name.Length > 0)
        {
            message.Add(0x0a);
            AppendVarint(message, (ulong)name.Length);
            message.AddRange(name);
        }

        var body = new byte[5 + message.Count];
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(1), (uint)message.Count);
        message.CopyTo(body, 5);
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("User-Agent", "Consul Health Check");
        return request;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var answer = new byte[MaxAnswerBytes + 1];
        var read = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, ct);
        if (read > MaxAnswerBytes)
        {
            throw new InvalidDataException("the answer is too long");
        }

        return answer[..read];
    }

    /// <summary>The field <c>status = 1</c> of HealthCheckResponse; 0, unknown, if it is not there.</summary>
    private static ulong ServingStatus(ReadOnlySpan<byte> framed)
    {
        if (framed.Length < 5 || framed[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(framed[1..]) > framed.Length - 5)
        {
            return 0;
        }

        var message = framed.Slice(5, (int)BinaryPrimitives.ReadUInt32BigEndian(framed[1..]));
        ulong status = 0;
        while (!message.IsEmpty && ReadVarint(ref message) is { } tag)
        {
            switch (tag & 7)
            {
                case 0 when ReadVarint(ref message) is { } value:
                    status = tag >> 3 == 1 ? value : status;
                    break;
                case 2 when ReadVarint(ref message) is { } length && length <= (ulong)message.Length:
                    message = message[(int)length..];
                    break;
                case 1 when message.Length >= 8:
                    message = message[8..];
                    break;
                case 5 when message.Length >= 4:
                    message = message[4..];
                    break;
                default:
                    return 0;
            }
        }

        return status;
    }

    private static ulong? ReadVarint(ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (var i = 0; i < from.Length && i < 10; i++)
        {
            value |= (ulong)(from[i] & 0x7f) << (7 * i);
            if (from[i] < 0x80)
            {
                from = from[(i + 1)..];
                return value;
            }
        }

        return null;
    }

    private static void AppendVarint(List<byte> to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.Add((byte)(value | 0x80));
        }

        to.Add((byte)value);
    }

    /// <summary>In the trailers, or in the headers where there is no message.</summary>
    private static string? Status(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.First() : null;
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Hosting.CustomHandler;

namespace Saas.Hosting.Tests.CustomHandler;

/// <summary>
/// Calls a custom handler as the Azure Functions host does (Azure/azure-functions-host: DefaultHttpWorkerService,
/// HttpRequestExtensions.ToHttpRequestMessage, ScriptInvocationContextExtensions): invocations with a body it makes
/// itself, outside requests with path, query, headers and body as they came, its own headers added to both.
/// </summary>
public sealed class FunctionsHost(int port, string folder) : IDisposable
{
    public const string Version = "4.1037.0.0";

    private readonly HttpClient _client = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false });

    public string BindingName(string function)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, function, FunctionFiles.FunctionFile)));
        return json.RootElement.GetProperty("bindings")[0].GetProperty("name").GetString()!;
    }

    /// <summary>A message of a queue whose binding says <c>dataType: binary</c>: the host writes its bytes in base 64.</summary>
    public Task<HttpResponseMessage> InvokeQueueAsync(string function, byte[] message, Guid invocation) =>
        InvokeAsync(function, BindingName(function), JsonValue.Create(Convert.ToBase64String(message)), invocation);

    public Task<HttpResponseMessage> InvokeTimerAsync(string function, Guid invocation) =>
        InvokeAsync(function, BindingName(function), JsonNode.Parse("""
            {"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-01-01T00:00:00Z","Next":"2026-01-01T00:05:00Z"},"IsPastDue":false}
            """), invocation);

    public Task<HttpResponseMessage> InvokeAsync(string function, string binding, JsonNode? data, Guid invocation)
    {
        var body = new JsonObject
        {
            ["Data"] = new JsonObject { [binding] = data },
            ["Metadata"] = new JsonObject
            {
                ["DeliveryCount"] = "1",
                ["sys"] = new JsonObject { ["MethodName"] = function, ["UtcNow"] = "2026-01-01T00:00:00Z", ["RandGuid"] = Guid.NewGuid().ToString() },
            },
        };
        var request = new HttpRequestMessage(HttpMethod.Post, Uri(function))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        return SendAsync(request, invocation);
    }

    /// <summary>A request from outside, through the catch-all HTTP function.</summary>
    public Task<HttpResponseMessage> ForwardAsync(
        HttpMethod method, string pathAndQuery, string? body, Guid invocation, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, Uri(pathAndQuery.TrimStart('/')));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return SendAsync(request, invocation);
    }

    public void Dispose() => _client.Dispose();

    private string Uri(string path) => $"http://127.0.0.1:{port}/{path}";

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Guid invocation)
    {
        request.Headers.Add("X-Azure-Functions-HostVersion", Version);
        request.Headers.Add("X-Azure-Functions-InvocationId", invocation.ToString());
        request.Headers.UserAgent.ParseAdd($"Azure-Functions-Host/{Version}");
        return _client.SendAsync(request);
    }
}

using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>A command in a task, as Nomad's clients run it.</summary>
internal sealed class ExecSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _stdout = new();
    private readonly StringBuilder _stderr = new();

    public string Stdout => _stdout.ToString();
    public string Stderr => _stderr.ToString();

    /// <summary>Null: it has not ended, or not by itself.</summary>
    public int? ExitCode { get; private set; }

    public WebSocketCloseStatus? Closed => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <param name="token">In the header; null: none.</param>
    public static async Task<ExecSocket> OpenAsync(ClientSite site, string allocation, string query, string? token, params string[] command)
    {
        var exec = new ExecSocket();
        if (token is not null)
        {
            exec._socket.Options.SetRequestHeader("X-Nomad-Token", token);
        }

        var address = new UriBuilder(new Uri(site.Platform.Apps["provisioning"], $"/v1/client/allocation/{allocation}/exec"))
        {
            Scheme = "ws",
            Query = $"command={Uri.EscapeDataString(JsonSerializer.Serialize(command))}&{query}",
        };
        using var timeout = new CancellationTokenSource(Patience);
        await exec._socket.ConnectAsync(address.Uri, timeout.Token);
        return exec;
    }

    public static Task<ExecSocket> OpenAsync(ClientSite site, bool tty, params string[] command) =>
        OpenAsync(site, site.Allocation, $"task=main&tty={(tty ? "true" : "false")}", site.Customer.ApiKey, command);

    public Task TypeAsync(string text) => SendAsync(new JsonObject { ["stdin"] = new JsonObject { ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) } });

    public Task CloseInputAsync() => SendAsync(new JsonObject { ["stdin"] = new JsonObject { ["close"] = true } });

    public Task ResizeAsync(int height, int width) => SendAsync(new JsonObject { ["tty_size"] = new JsonObject { ["height"] = height, ["width"] = width } });

    public async Task SendAsync(JsonObject message)
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, timeout.Token);
    }

    /// <summary>Reads until so, or to the end.</summary>
    public async Task<ExecSocket> ReadAsync(Func<ExecSocket, bool>? until = null)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var (buffer, length) = (new byte[1024 * 1024], 0);
        while (until?.Invoke(this) is not true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(length), timeout.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
                Assert.True(until is null || until(this), $"closed with {Closed} {CloseReason}; stdout: {Stdout}; stderr: {Stderr}");
                return this;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                Take(buffer.AsMemory(0, length));
                length = 0;
            }
        }

        return this;
    }

    public void Dispose() => _socket.Dispose();

    private void Take(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        foreach (var (name, text) in new[] { ("stdout", _stdout), ("stderr", _stderr) })
        {
            if (document.RootElement.TryGetProperty(name, out var stream) && stream.TryGetProperty("data", out var data))
            {
                text.Append(Encoding.UTF8.GetString(data.GetBytesFromBase64()));
            }
        }

        if (document.RootElement.TryGetProperty("exited", out var exited) && exited.GetBoolean())
        {
            ExitCode = document.RootElement.GetProperty("result").GetProperty("exit_code").GetInt32();
        }
    }
}

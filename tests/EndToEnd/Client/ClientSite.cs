using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>A platform, an agent whose wire can be cut, and a job of one process, <c>web</c>, with the task <c>main</c>.</summary>
public sealed class ClientSite : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private LocalPlatform? _platform;
    private Customer? _customer;
    private CuttingProxy? _wire;
    private AgentUnderTest? _agent;

    internal LocalPlatform Platform => _platform!;
    internal Customer Customer => _customer!;
    internal CuttingProxy Wire => _wire!;
    internal AgentUnderTest Agent => _agent!;

    /// <summary>Of the job <c>web</c>.</summary>
    internal string Allocation { get; private set; } = "";

    /// <summary>Of the job <c>web</c>, on this machine.</summary>
    internal string AllocationFolder => FolderOf(Allocation);

    internal string Transcript => $"{_agent?.Process.Transcript}\n{_platform?.Transcript}";

    public async ValueTask InitializeAsync()
    {
        _platform = await LocalPlatform.StartAsync(_folder["data"]);
        _customer = await Customer.SignUpAsync(_platform);
        _wire = new CuttingProxy(_platform.Apps["provisioning"]);
        _agent = AgentUnderTest.Start(_wire.Address, _folder["agent"], await _customer.EnrolmentTokenAsync());
        Allocation = await RunAsync("web", "echo hello; echo oops >&2; trap 'echo usr1' USR1; while :; do sleep 0.1; done");
    }

    internal string FolderOf(string allocation) => Path.Combine(_folder["agent"].FullName, "allocs", allocation);

    /// <summary>Runs a job of one process of the shell.</summary>
    /// <returns>The allocation, running.</returns>
    internal async Task<string> RunAsync(string job, string script, int logMB = 10, JsonArray? tasks = null)
    {
        tasks ??= new JsonArray(Task("main", script, logMB));
        await _customer!.OkAsync(HttpMethod.Put, "provisioning", $"/v1/jobs?namespace={_customer.ProjectId}", new JsonObject
        {
            ["Job"] = new JsonObject
            {
                ["ID"] = job,
                ["Type"] = "service",
                ["TaskGroups"] = new JsonArray(new JsonObject
                {
                    ["Name"] = "group",
                    ["EphemeralDisk"] = new JsonObject { ["SizeMB"] = 3 * logMB },
                    ["Tasks"] = tasks,
                }),
            },
        });
        var found = await Eventually.Async(
            () => _customer.AllocationsAsync(job), seen => seen.Any(a => a.State == "running"), Patience, seen => $"{string.Join(", ", seen)}\n{Transcript}");
        return found.First(a => a.State == "running").Id;
    }

    internal static JsonObject Task(string name, string script, int logMB = 10) => new()
    {
        ["Name"] = name,
        ["Driver"] = "exec",
        ["Config"] = new JsonObject { ["command"] = "/bin/sh", ["args"] = new JsonArray("-c", script) },
        ["Resources"] = new JsonObject { ["CPU"] = 20, ["MemoryMB"] = 10 },
        ["LogConfig"] = new JsonObject { ["MaxFiles"] = 2, ["MaxFileSizeMB"] = logMB },
    };

    /// <summary>The answer's head; its body comes as it does.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(string path, HttpClient? client = null, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_platform!.Apps["provisioning"], path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _customer!.ApiKey);
        return await (client ?? Http).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    /// <summary>Status and body.</summary>
    internal async Task<(int Status, string Text)> GetAsync(string path)
    {
        using var response = await OpenAsync(path);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    internal async Task<JsonElement> JsonAsync(string path)
    {
        var (status, text) = await GetAsync(path);
        Assert.True(status == 200, $"{path}: {status} {text}\n{Transcript}");
        return JsonDocument.Parse(text).RootElement;
    }

    internal async Task<(int Status, string Text)> PostAsync(string path, JsonObject? body)
    {
        using var response = await _customer!.SendAsync(HttpMethod.Post, "provisioning", path, body);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            foreach (var job in new[] { "web" })
            {
                await _customer!.StopJobAsync(job);
            }

            await Eventually.Async(
                () => _customer!.AllocationsAsync("web"), seen => seen.All(a => a.State is "complete" or "failed"), Patience, seen => string.Join(", ", seen));
            await _agent.DisposeAsync();
        }

        if (_wire is not null)
        {
            await _wire.DisposeAsync();
        }

        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        _customer?.Dispose();
        _folder.Dispose();
    }

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };
}

[CollectionDefinition("client", DisableParallelization = true)]
public sealed class ClientCollection : ICollectionFixture<ClientSite>;

using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Registry;

/// <summary>A platform, a tenant with the site <c>here</c>, and an agent on this machine that serves the registry on loopback.</summary>
public sealed class RegistrySite : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Range(2);
    private LocalPlatform? _platform;
    private Customer? _customer;
    private AgentUnderTest? _agent;

    internal LocalPlatform Platform => _platform!;
    internal Customer Customer => _customer!;
    internal AgentUnderTest Agent => _agent!;

    public Uri Registry => Platform.Apps["registry"];

    public Uri AgentApi => new($"http://127.0.0.1:{_port}");

    public int DnsPort => _port + 1;

    public const string NodeName = "edge-1";

    /// <summary>Where the agent keeps its last view.</summary>
    public string ViewFile => Path.Combine(_folder["agent"].FullName, "registry", "catalog.json");

    public string Transcript => $"{Agent.Process.Transcript}\n{Platform.Transcript}";

    public async ValueTask InitializeAsync()
    {
        _platform = await LocalPlatform.StartAsync(_folder["data"]);
        _customer = await Customer.SignUpAsync(_platform);
        var config = Path.Combine(_folder["config"].FullName, "agent.json");
        Directory.CreateDirectory(Path.GetDirectoryName(config)!);
        await File.WriteAllTextAsync(config, new JsonObject
        {
            ["registry"] = new JsonObject
            {
                ["server"] = Registry.ToString(),
                ["listen"] = $"127.0.0.1:{_port}",
                ["dns"] = new JsonObject { ["listen"] = $"127.0.0.1:{DnsPort}" },
                ["advertise"] = "127.0.0.1",
                ["ttlSeconds"] = 5,
            },
        }.ToJsonString());
        _agent = await _customer.StartAgentAsync(_folder["agent"], "--config", config, "--name", NodeName);
        await Eventually.Async(
            async () => await GetAsync($"/v1/health/node/{NodeName}"),
            checks => checks.ValueKind == JsonValueKind.Array && checks.GetArrayLength() > 0,
            TimeSpan.FromSeconds(60),
            _ => $"the agent's node is not in the registry. {Transcript}");
    }

    /// <summary>GET at the Registry app; the answer must be a success.</summary>
    internal Task<JsonElement> GetAsync(string path) => Customer.OkAsync(HttpMethod.Get, "registry", path, null);

    /// <summary>The ids of a service's instances whose checks all pass.</summary>
    internal async Task<IReadOnlyList<string>> PassingAsync(string service, string ns = "default") =>
        [.. (await GetAsync($"/v1/health/service/{service}?passing&ns={ns}")).EnumerateArray().Select(i => i.GetProperty("Service").GetProperty("ID").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        _customer?.Dispose();
        _folder.Dispose();
    }
}

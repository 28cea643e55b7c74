using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Scheduling;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Jobs;

/// <summary>
/// A platform, a tenant, and two agents on this machine, nodes <c>north</c> and <c>south</c>. Everything is done as the <c>nomad</c>
/// command line does it: a job file is parsed, planned and registered, and what became of it is read.
/// </summary>
public sealed class JobsSite : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly List<AgentUnderTest> _agents = [];
    private LocalPlatform? _platform;
    private Customer? _customer;

    private string Namespace => $"namespace={_customer!.ProjectId}";

    public async ValueTask InitializeAsync()
    {
        _platform = await LocalPlatform.StartAsync(_folder["data"]);
        _customer = await Customer.SignUpAsync(_platform);
        foreach (var name in (string[])["north", "south"])
        {
            _agents.Add(await _customer.StartAgentAsync(_folder[name], "--name", name));
        }

        await UntilAsync(
            () => GetAsync("/v1/nodes"),
            static nodes => nodes.GetArrayLength() == 2 && nodes.EnumerateArray().All(static node => node.Text("Status") == "ready"));
    }

    /// <summary>The job that a file describes.</summary>
    /// <param name="variables">As on the command line: <c>name=value</c>.</param>
    internal async Task<JsonObject> ParseAsync(string file, string id, params string[] variables)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Jobs", "Files", file));
        var values = variables.Select(static pair => pair.Split('=', 2)).Select(static pair => $"{pair[0]} = {JsonSerializer.Serialize(pair[1])}");
        var job = await _customer!.OkAsync(HttpMethod.Post, "provisioning", $"/v1/jobs/parse?{Namespace}", new JsonObject
        {
            ["JobHCL"] = text,
            ["Canonicalize"] = true,
            ["Variables"] = string.Join('\n', values),
        });
        var parsed = JsonNode.Parse(job.GetRawText())!.AsObject();
        (parsed["ID"], parsed["Name"], parsed[nameof(Namespace)]) = (id, id, _customer.ProjectId);
        return parsed;
    }

    internal Task<JsonElement> PlanAsync(JsonObject job) =>
        PostAsync($"/v1/job/{job["ID"]}/plan", new JsonObject { ["Job"] = job.DeepClone(), ["Diff"] = true });

    /// <summary>Registers, against the index that a plan gave where there is one.</summary>
    internal Task<JsonElement> RegisterAsync(JsonObject job, JsonElement? plan = null)
    {
        var body = new JsonObject { ["Job"] = job.DeepClone() };
        if (plan is { } planned)
        {
            (body["EnforceIndex"], body["JobModifyIndex"]) = (true, planned.GetProperty("JobModifyIndex").GetInt64());
        }

        return PostAsync("/v1/jobs", body);
    }

    internal Task<JsonElement> GetAsync(string path) => _customer!.OkAsync(HttpMethod.Get, "provisioning", WithNamespace(path), null);

    internal Task<JsonElement> PostAsync(string path, JsonObject body) => _customer!.OkAsync(HttpMethod.Post, "provisioning", WithNamespace(path), body);

    internal Task<JsonElement> DeleteAsync(string path) => _customer!.OkAsync(HttpMethod.Delete, "provisioning", WithNamespace(path), null);

    /// <summary>What is refused: its status and its line of text.</summary>
    internal async Task<(int Status, string Text)> RefusedAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var response = await _customer!.SendAsync(method, "provisioning", WithNamespace(path), body);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The job's allocations, once they are as wanted.</summary>
    internal Task<JsonElement[]> AllocationsAsync(string id, Func<JsonElement[], bool> until) => UntilAsync(
        async () => (await GetAsync($"/v1/job/{Uri.EscapeDataString(id)}/allocations")).EnumerateArray().ToArray(), until);

    /// <summary>The job's latest deployment, once it is of the version and has the status.</summary>
    internal Task<JsonElement> DeploymentAsync(string id, int version, string status) => UntilAsync(
        () => GetAsync($"/v1/job/{id}/deployment"),
        deployment => deployment.ValueKind == JsonValueKind.Object
            && deployment.GetProperty("JobVersion").GetInt64() == version && deployment.Text("Status") == status);

    /// <summary>Stops and forgets a job, and waits until nothing of it runs.</summary>
    internal async Task PurgeAsync(string id)
    {
        await DeleteAsync($"/v1/job/{id}?purge=true");
        await UntilAsync(() => RefusedAsync(HttpMethod.Get, $"/v1/job/{id}"), static answer => answer.Status == 404);
    }

    internal Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> until) => Eventually.Async(
        look, until, Patience,
        seen => $"{(seen is JsonElement[] many ? string.Join('\n', many) : seen)}\n{string.Join('\n', _agents.Select(static agent => agent.Process.Transcript))}\n{_platform?.Transcript}");

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }

        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        _customer?.Dispose();
        _folder.Dispose();
    }

    private string WithNamespace(string path) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Namespace}";
}

/// <summary>What these tests ask of allocations.</summary>
internal static class JobElements
{
    public static long Version(this JsonElement allocation) => allocation.GetProperty("JobVersion").GetInt64();

    /// <summary>It shall run, and does.</summary>
    public static bool Runs(this JsonElement allocation) => allocation.ShallRun() && allocation.Is("running");

    public static JsonElement[] Running(this JsonElement[] allocations) => [.. allocations.Where(Runs)];
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Cluster;
using Saas.Contracts;
using Saas.EndToEnd.Tests.Tools;
using Saas.Storage;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;

namespace Saas.EndToEnd.Tests.Scheduling;

/// <summary>
/// A platform, a tenant whose service jobs may take the room of less important ones, and an agent on this machine. Rows that no
/// endpoint shows or writes yet are read from and written into the platform's own store.
/// </summary>
public sealed class SchedulingSite : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private LocalPlatform? _platform;
    private Customer? _customer;
    private AgentUnderTest? _agent;
    private SqliteTableStore? _store;

    /// <summary>Where workloads leave word for their test.</summary>
    internal string NotesFolder => _folder["notes"].FullName;

    private TenantScope Rows => new TenantScopes(_store!).For(TenantId.Parse(_customer!.TenantId));

    private string Namespace => $"namespace={_customer!.ProjectId}";

    public async ValueTask InitializeAsync()
    {
        _folder["notes"].Create();
        _platform = await LocalPlatform.StartAsync(_folder["data"]);
        _customer = await Customer.SignUpAsync(_platform);
        _store = new SqliteTableStore(Path.Combine(_folder["data"].FullName, "platform.db"));

        // Before the first node: the cell begins with it.
        await Rows.SchedulerSettingsOf().WriteAsync(
            TableWrite.Insert("local", TablePartition.Bytes(new SchedulerSettings { PreemptForService = true }, ClusterJson.Default.SchedulerSettings)),
            CancellationToken.None);
        _agent = await _customer.StartAgentAsync(_folder["agent"]);
        await UntilAsync(() => GetAsync("/v1/nodes"), static nodes => nodes.GetArrayLength() == 1 && nodes[0].GetProperty("Status").GetString() == "ready");
    }

    /// <summary>Submits a job with one group <c>main</c>.</summary>
    /// <returns>The evaluation's id; empty where the job places nothing itself.</returns>
    internal async Task<string> SubmitAsync(string id, JsonObject job, JsonObject group)
    {
        (job["ID"], group["Name"], job["TaskGroups"]) = (id, "main", new JsonArray(group));
        var answer = await _customer!.OkAsync(HttpMethod.Put, "provisioning", $"/v1/jobs?{Namespace}", new JsonObject { ["Job"] = job });
        return answer.GetProperty("EvalID").GetString() ?? "";
    }

    /// <summary>A task <c>main</c> that runs a script of the shell.</summary>
    internal static JsonObject Shell(string script, int memoryMb = 10) => new()
    {
        ["Name"] = "main",
        ["Driver"] = "exec",
        ["Config"] = new JsonObject { ["command"] = "/bin/sh", ["args"] = new JsonArray("-c", script) },
        ["Resources"] = new JsonObject { ["CPU"] = 20, ["MemoryMB"] = memoryMb },
    };

    internal Task<JsonElement> GetAsync(string path) =>
        _customer!.OkAsync(HttpMethod.Get, "provisioning", $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Namespace}", null);

    internal Task<JsonElement> PostAsync(string path, JsonObject body) =>
        _customer!.OkAsync(HttpMethod.Post, "provisioning", $"{path}?{Namespace}", body);

    internal Task StopAsync(string id) => _customer!.StopJobAsync(Uri.EscapeDataString(id));

    /// <summary>The job's allocations, once they are as wanted.</summary>
    internal async Task<JsonElement[]> AllocationsAsync(string jobId, Func<JsonElement[], bool> until) => await UntilAsync(
        async () => (await GetAsync($"/v1/job/{Uri.EscapeDataString(jobId)}/allocations")).EnumerateArray().ToArray(), until);

    internal async Task<IReadOnlyList<DeploymentRecord>> DeploymentsAsync(string jobId)
    {
        var found = new List<DeploymentRecord>();
        await foreach (var row in Rows.JobsOf(_customer!.ProjectId).ReadAllAsync(
            RowRange.Prefix(ClusterTables.DeploymentRowPrefix), ClusterJson.Default.DeploymentRecord, CancellationToken.None))
        {
            if (row.Value.JobId == jobId)
            {
                found.Add(row.Value);
            }
        }

        return [.. found.OrderBy(static deployment => deployment.JobVersion)];
    }

    internal Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> until) => Eventually.Async(
        look, until, Patience,
        seen => $"{(seen is JsonElement[] many ? string.Join('\n', many) : seen)}\n{_agent?.Process.Transcript}\n{_platform?.Transcript}");

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _store?.Dispose();
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        _customer?.Dispose();
        _folder.Dispose();
    }
}

/// <summary>What tests ask of allocations as the API shows them.</summary>
internal static class AllocationElements
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    public static bool Is(this JsonElement allocation, string clientStatus) => allocation.Text("ClientStatus") == clientStatus;

    public static bool ShallRun(this JsonElement allocation) => allocation.Text("DesiredStatus") == "run";

    public static bool IsHealthy(this JsonElement allocation) =>
        allocation.GetProperty("DeploymentStatus") is { ValueKind: JsonValueKind.Object } status && status.GetProperty("Healthy").ValueKind == JsonValueKind.True;
}

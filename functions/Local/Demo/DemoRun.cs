using System.Text.Json;
using Saas.Contracts;

namespace Saas.Local.Demo;

/// <summary>Stages an allocation passes, in order; each is seen through the API.</summary>
internal enum Stage
{
    Submitted,

    /// <summary>The scheduler has looked at the job.</summary>
    Evaluated,

    /// <summary>It has a node.</summary>
    Placed,

    /// <summary>The agent holds its assignment.</summary>
    Fetched,

    /// <summary>The driver has started it.</summary>
    Started,

    /// <summary>It runs; a guest has said so itself.</summary>
    Running,
}

/// <summary>One group of the demo's job while it comes up.</summary>
internal sealed class DemoGroup(string name, string driver)
{
    public string Name => name;
    public string Driver => driver;
    public string? AllocationId { get; set; }
    public string State { get; set; } = "pending";
    public string OutputTail { get; set; } = "";
    public Stage Stage { get; set; }
    public double? SecondsToRunning { get; set; }
}

/// <summary>The submitted job, followed until it runs, asked for its price, and stopped.</summary>
internal sealed class DemoRun
{
    private static readonly TimeSpan UsagePatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly PlatformClient _client;
    private readonly DemoCustomer _customer;
    private readonly string _jobId;
    private readonly string _evaluationId;
    private readonly long _submitted = TimeProvider.System.GetTimestamp();

    private DemoRun(PlatformClient client, DemoCustomer customer, string jobId, string evaluationId, IReadOnlyList<DemoGroup> groups)
    {
        (_client, _customer, _jobId, _evaluationId) = (client, customer, jobId, evaluationId);
        Groups = groups;
    }

    public IReadOnlyList<DemoGroup> Groups { get; }

    public bool IsRunning => Groups.All(g => g.Stage == Stage.Running);

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_submitted);

    public static async Task<DemoRun> SubmitAsync(PlatformClient client, DemoCustomer customer, VmImage? image, CancellationToken ct)
    {
        var jobId = EntityId.New("job", TimeProvider.System);
        var submitted = await client.PutAsync("provisioning", $"/v1/jobs?namespace={customer.ProjectId}", DemoJob.Build(jobId, image), ct);
        DemoGroup[] groups = image is null
            ? [new DemoGroup(DemoJob.ProcessGroup, "exec")]
            : [new DemoGroup(DemoJob.VmGroup, "vm"), new DemoGroup(DemoJob.ProcessGroup, "exec")];
        return new DemoRun(client, customer, jobId, submitted.GetProperty("EvalID").GetString()!, groups);
    }

    /// <summary>Looks once at how far everything is.</summary>
    public async Task ObserveAsync(CancellationToken ct)
    {
        var evaluation = await _client.GetAsync("provisioning", Path($"/v1/evaluation/{_evaluationId}"), ct);
        if (evaluation.GetProperty("Status").GetString() != "pending")
        {
            foreach (var group in Groups.Where(g => g.Stage == Stage.Submitted))
            {
                group.Stage = Stage.Evaluated;
            }
        }

        foreach (var stub in (await AllocationsAsync(ct)).EnumerateArray())
        {
            var group = Groups.FirstOrDefault(g => g.Name == stub.GetProperty("TaskGroup").GetString());
            if (group is not null && group.Stage != Stage.Running)
            {
                await ObserveAsync(group, stub.GetProperty("ID").GetString()!, ct);
            }
        }
    }

    /// <summary>The result with the metered usage; waits for the first samples to be counted.</summary>
    public async Task<DemoResult> ResultAsync(string nodeId, CancellationToken ct)
    {
        var usage = await Poll.UntilAsync(async () =>
        {
            var answer = await _client.GetAsync("billing", "/v1/usage", ct);
            var totals = answer.GetProperty("totals");
            return totals.GetProperty("vcpuSeconds").GetDecimal() > 0 && totals.GetProperty("memoryGibSeconds").GetDecimal() > 0 && totals.GetProperty("apiCalls").GetDecimal() > 0
                ? answer
                : (JsonElement?)null;
        }, UsagePatience, ct) ?? await _client.GetAsync("billing", "/v1/usage", ct);

        var sums = usage.GetProperty("totals");
        var cost = usage.GetProperty("cost");
        var vcpuSeconds = sums.GetProperty("vcpuSeconds").GetDecimal();
        return new DemoResult
        {
            TenantId = _customer.TenantId,
            ProjectId = _customer.ProjectId,
            SiteId = _customer.SiteId,
            NodeId = nodeId,
            JobId = _jobId,
            Allocations = [.. Groups.Select(g => new DemoAllocation(g.AllocationId ?? "", g.Name, g.Driver, g.State, g.SecondsToRunning))],
            Console = Groups.FirstOrDefault(g => g.Driver == "vm")?.OutputTail ?? "",
            Usage = new DemoUsage(vcpuSeconds, sums.GetProperty("memoryGibSeconds").GetDecimal(), sums.GetProperty("apiCalls").GetDecimal()),
            Cost = new DemoCost(cost.GetProperty("amount").GetDecimal(), cost.GetProperty("currency").GetString()!),
            Succeeded = IsRunning && vcpuSeconds > 0,
        };
    }

    /// <summary>Stops the job and waits until its allocations have ended, the VM too.</summary>
    public async Task StopAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await _client.DeleteAsync("provisioning", Path($"/v1/job/{_jobId}"), patience.Token);
            await Poll.UntilAsync<bool>(async () =>
            {
                var allocations = await AllocationsAsync(patience.Token);
                return allocations.EnumerateArray().All(a => a.GetProperty("ClientStatus").GetString() is "complete" or "failed" or "lost") ? true : null;
            }, StopPatience, patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new DemoException($"The job did not stop within {StopPatience.TotalSeconds} s.");
        }
    }

    private async Task ObserveAsync(DemoGroup group, string allocationId, CancellationToken ct)
    {
        var allocation = await _client.GetAsync("provisioning", Path($"/v1/allocation/{allocationId}"), ct);
        group.AllocationId = allocationId;
        group.State = allocation.GetProperty("ClientStatus").GetString()!;
        group.Stage = Max(group.Stage, Stage.Placed);
        if (!allocation.TryGetProperty("TaskStates", out var states) || states.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var task in states.EnumerateObject())
        {
            var events = task.Value.GetProperty("Events").EnumerateArray().Select(e => e.GetProperty("Type").GetString()).ToHashSet();
            group.Stage = Max(group.Stage, events.Contains("Started") ? Stage.Started : events.Contains("Received") ? Stage.Fetched : Stage.Placed);
            if (task.Value.TryGetProperty("OutputTail", out var tail) && tail.ValueKind == JsonValueKind.String)
            {
                group.OutputTail = tail.GetString()!;
            }
        }

        var up = group.State == "running" && (group.Driver != "vm" || group.OutputTail.Contains(VmImage.BootMarker, StringComparison.Ordinal));
        if (up)
        {
            group.Stage = Stage.Running;
            group.SecondsToRunning = Math.Round(Elapsed.TotalSeconds, 3);
        }
    }

    private Task<JsonElement> AllocationsAsync(CancellationToken ct) =>
        _client.GetAsync("provisioning", Path($"/v1/job/{_jobId}/allocations"), ct);

    private string Path(string path) => $"{path}?namespace={_customer.ProjectId}";

    private static Stage Max(Stage a, Stage b) => a > b ? a : b;
}

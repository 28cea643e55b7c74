using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Isolation;

/// <summary>
/// A second tenant calls every route of every app, as their OpenAPI documents list them, with the first tenant's ids:
/// it sees nothing of the first and changes nothing.
/// </summary>
[Collection("machine")]
public sealed partial class IsolationTests(ITestOutputHelper output)
{
    /// <summary>Public by nature: what they answer is nobody's.</summary>
    private static readonly string[] Public = ["/v1/tenants", "/v1/plans", "/v1/prices", "/v1/agent/enrol", "/v1/agent/token", "/healthz", "/readyz", "/openapi/v1.json", "/v1/sys/health", "/v1/sys/seal-status", "/v1/sys/leader", "/v1/sys/init", "/v1/sys/wrapping/unwrap", "/v1/sys/wrapping/lookup", "/v1/sys/wrapping/rewrap", "/v1/status/leader", "/v1/status/peers"];

    /// <summary>Pools are named, not numbered: whoever asks is told of the pool of that name among its own nodes, which is empty.</summary>
    private const string PoolRoutes = "/v1/node/pool/";

    /// <summary>As at Nomad, what is not there has an empty list of them. So has what is another tenant's.</summary>
    private static readonly string[] EmptyWhereUnknown = ["/v1/node/{nodeId}/allocations", "/v1/service/{name}"];

    [Fact]
    public async Task Another_tenants_key_opens_nothing_and_changes_nothing_on_any_route()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await LocalPlatform.StartAsync(folder["data"]);
        using var victim = await Customer.SignUpAsync(platform, "victim");
        using var stranger = await Customer.SignUpAsync(platform, "stranger");
        await using var agent = await victim.StartAgentAsync(folder["agent"]);
        var ids = await PopulateAsync(victim);
        var before = await SnapshotAsync(victim);

        var walked = 0;
        foreach (var app in platform.Apps.Keys)
        {
            foreach (var (method, pattern) in await RoutesAsync(stranger, app))
            {
                if (!Public.Contains(pattern))
                {
                    await AssertClosedAsync(stranger, app, method, pattern, ids);
                    walked++;
                }
            }
        }

        output.WriteLine($"{walked} routes walked");
        Assert.True(walked > 30, $"only {walked} routes were found");
        Assert.Equal(before, await SnapshotAsync(victim));
        await victim.StopJobAsync("isolated");
        await Eventually.Async(
            () => victim.AllocationsAsync("isolated"), seen => seen is [(_, "complete")], TimeSpan.FromSeconds(30), seen => $"{seen[0]} did not stop");
    }

    private static async Task AssertClosedAsync(Customer stranger, string app, HttpMethod method, string pattern, Dictionary<string, string> ids)
    {
        var path = Parameter().Replace(pattern, p => ids.GetValueOrDefault(p.Groups["name"].Value, ids["jobId"]));
        var destroysItself = method != HttpMethod.Get && path == pattern;
        if (destroysItself && pattern.StartsWith("/v1/tenant", StringComparison.Ordinal))
        {
            return; // On its own tenant only: it names no other.
        }

        // With the victim's project named as namespace too: the strongest form of asking. Answers with our own statuses, because
        // Nomad's 500 for what its servers refuse would not tell a refusal from a failure.
        var body = method == HttpMethod.Get ? null : new JsonObject();
        using var answer = await stranger.SendAsync(method, app, $"{path}?namespace={ids["projectId"]}&ns={ids["projectId"]}", body, vaultNamespace: ids["projectId"], accept: "application/problem+json");
        var text = await answer.Content.ReadAsStringAsync();
        if (EmptyWhereUnknown.Contains(pattern))
        {
            Assert.Equal("[]", text);
        }
        else if (path != pattern && !pattern.StartsWith(PoolRoutes, StringComparison.Ordinal))
        {
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{method} {path} answered {(int)answer.StatusCode}: {text}");
        }

        if (pattern.StartsWith("/v1/audit", StringComparison.Ordinal))
        {
            return; // Its own log says what it asked for, by the very ids it asked with.
        }

        Assert.All(ids.Where(i => i.Key != "jobId" && !path.Contains(i.Value, StringComparison.Ordinal) && i.Key != "projectId"), id =>
            Assert.False(text.Contains(id.Value, StringComparison.Ordinal), $"{method} {path} shows {id.Key}: {text}"));
    }

    private static async Task<Dictionary<string, string>> PopulateAsync(Customer victim)
    {
        using var submitted = await victim.SubmitAsync("isolated", "exec", Workload.Sleeper($"isolated-{victim.TenantId}"));
        Assert.True(submitted.IsSuccessStatusCode, await submitted.Content.ReadAsStringAsync());
        var allocations = await Eventually.Async(
            () => victim.AllocationsAsync("isolated"), seen => seen is [(_, "running")], TimeSpan.FromSeconds(60), seen => $"{seen.Count} allocations");
        var evaluations = await victim.OkAsync(HttpMethod.Get, "provisioning", $"/v1/job/isolated/evaluations?namespace={victim.ProjectId}", null);
        var nodes = await victim.OkAsync(HttpMethod.Get, "provisioning", "/v1/nodes", null);
        var keys = await victim.OkAsync(HttpMethod.Post, "onboarding", "/v1/keys", new JsonObject { ["name"] = "ci", ["role"] = "developer" });
        await victim.OkAsync(HttpMethod.Post, "encryption", "/v1/transit/keys/isolated", [], victim.ProjectId);
        var token = await victim.OkAsync(HttpMethod.Post, "onboarding", $"/v1/sites/{victim.SiteId}/enrolment-tokens", []);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tenantId"] = victim.TenantId,
            ["projectId"] = victim.ProjectId,
            ["siteId"] = victim.SiteId,
            ["jobId"] = "isolated",
            ["mount"] = "transit",
            ["allocationId"] = allocations[0].Id,
            ["allocId"] = allocations[0].Id,
            ["evaluationId"] = evaluations[0].GetProperty("ID").GetString()!,
            ["evalId"] = evaluations[0].GetProperty("ID").GetString()!,
            ["nodeId"] = nodes[0].GetProperty("ID").GetString()!,
            ["keyId"] = keys.GetProperty("key").GetProperty("id").GetString()!,
            ["tokenId"] = token.GetProperty("id").GetString()!,
        };
    }

    /// <summary>Everything the victim can list, without what moves by itself.</summary>
    private static async Task<string> SnapshotAsync(Customer victim)
    {
        var parts = new List<string>();
        foreach (var (app, path) in new[]
        {
            ("onboarding", "/v1/tenant"), ("onboarding", "/v1/projects"), ("onboarding", "/v1/sites"), ("onboarding", "/v1/keys"), ("onboarding", "/v1/members"),
            ("onboarding", $"/v1/sites/{victim.SiteId}/enrolment-tokens"), ("provisioning", $"/v1/jobs?namespace={victim.ProjectId}"),
        })
        {
            parts.Add(MovesByItself().Replace((await victim.OkAsync(HttpMethod.Get, app, path, null)).GetRawText(), ""));
        }

        parts.AddRange((await victim.AllocationsAsync("isolated")).Select(a => a.ToString()));
        return string.Join('\n', parts);
    }

    private static async Task<IReadOnlyList<(HttpMethod Method, string Pattern)>> RoutesAsync(Customer customer, string app)
    {
        var document = await customer.OkAsync(HttpMethod.Get, app, "/openapi/v1.json", null);
        return [.. from path in document.GetProperty("paths").EnumerateObject()
                   from operation in path.Value.EnumerateObject()
                   where operation.Value.ValueKind == JsonValueKind.Object && operation.Name is "get" or "post" or "put" or "patch" or "delete"
                   select (new HttpMethod(operation.Name.ToUpperInvariant()), path.Name)];
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"""(lastUsedAt|ModifyIndex|modifiedAt)"":(""[^""]*""|\d+|null),?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex MovesByItself();
}

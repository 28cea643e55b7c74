using System.Net;
using Saas.Hosting.Routing;
using Saas.Onboarding.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Tests;

/// <summary>
/// Another tenant's owner walks every route there is with the victim's ids. Routes come from the table itself, so a new
/// one is walked from the day it is mapped; one with an id this test does not know fails it.
/// </summary>
public sealed class IsolationTests : IAsyncLifetime
{
    private readonly OnboardingHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>Bodies that would be accepted, so that nothing but the tenant is in the way.</summary>
    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["PATCH /v1/projects/{projectId}"] = """{"description":"mine"}""",
        ["PATCH /v1/members/{memberId}"] = """{"role":"auditor"}""",
        ["PATCH /v1/keys/{keyId}"] = """{"name":"mine"}""",
        ["PATCH /v1/sites/{siteId}"] = """{"labels":{}}""",
        ["POST /v1/sites/{siteId}/enrolment-tokens"] = "{}",
        ["POST /v1/operator/tenants/{tenantId}/suspend"] = """{"reason":"mine"}""",
        ["POST /v1/operator/tenants/{tenantId}/resume"] = "{}",
    };

    [Fact]
    public async Task EveryRouteWithAnId_WithAnothersKey_IsRefusedAndChangesNothing()
    {
        var (victim, thief) = (await _host.SignUpAsync("victim"), await _host.SignUpAsync("thief"));
        var ids = await FurnishAsync(victim);
        var before = await RowsAsync(victim);
        var walked = 0;
        foreach (var route in _host.Routes.Routes.Where(r => r.Pattern.Contains('{', StringComparison.Ordinal) && r.Pattern.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            var path = ids.Aggregate(route.Pattern, (p, id) => p.Replace("{" + id.Key + "}", id.Value, StringComparison.Ordinal));
            Assert.DoesNotContain("{", path, StringComparison.Ordinal);
            var body = route.Method is "POST" or "PATCH" or "PUT" ? Bodies[route.ToString()] : null;
            var answer = await thief.Owner.SendAsync(new HttpMethod(route.Method), path, body);
            Assert.True(
                answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized,
                $"{route}: {(int)answer.Status} {answer.Body}");
            Assert.DoesNotContain(victim.Id.Value, answer.Body, StringComparison.Ordinal);
            walked++;
        }

        Assert.True(walked >= 15, $"Only {walked} routes were walked.");
        Assert.Equal(before, await RowsAsync(victim));
    }

    [Fact]
    public async Task EveryList_WithAnothersKey_ShowsNothingOfTheVictim()
    {
        var (victim, thief) = (await _host.SignUpAsync("victim"), await _host.SignUpAsync("thief"));
        var ids = await FurnishAsync(victim);
        var before = await RowsAsync(victim);
        foreach (var route in _host.Routes.Routes.Where(IsPlainRead))
        {
            var answer = await thief.Owner.GetAsync(route.Pattern);
            Assert.All(ids.Values, id => Assert.DoesNotContain(id, answer.Body, StringComparison.Ordinal));
        }

        (await thief.Owner.GetAsync($"/v1/projects?after={ids["projectId"]}")).Expect(HttpStatusCode.OK);
        Assert.Equal(before, await RowsAsync(victim));
    }

    [Fact]
    public async Task ReferencesInBodies_ToAnothersThings_AreNotFound()
    {
        var (victim, thief) = (await _host.SignUpAsync("victim"), await _host.SignUpAsync("thief"));
        var ids = await FurnishAsync(victim);
        (await thief.Owner.PostAsync("/v1/keys", $$"""{"name":"k","memberId":"{{ids["memberId"]}}"}""")).Expect(HttpStatusCode.NotFound);
        (await thief.Owner.PostAsync("/v1/keys", $$"""{"name":"k","role":"owner","projectId":"{{ids["projectId"]}}"}""")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task EveryRouteThatIsNotPublic_WithoutACredential_Is401()
    {
        foreach (var route in _host.Routes.Routes.Where(r => !r.Access.IsPublic))
        {
            var answer = await _host.Anonymous().SendAsync(new HttpMethod(route.Method), route.Pattern.Replace('{', 'x').Replace('}', 'x'));
            Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{route}: {(int)answer.Status} {answer.Body}");
        }
    }

    private static bool IsPlainRead(ApiRoute route) =>
        route is { Method: "GET", Access.IsPublic: false } && !route.Pattern.Contains('{', StringComparison.Ordinal);

    /// <summary>One of everything, by the names routes call their ids.</summary>
    private static async Task<Dictionary<string, string>> FurnishAsync(Customer customer)
    {
        var site = await customer.Owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tenantId"] = customer.Id.Value,
            ["projectId"] = await customer.Owner.CreateAsync("/v1/projects", """{"name":"web"}"""),
            ["siteId"] = site,
            ["memberId"] = await customer.Owner.CreateAsync("/v1/members", """{"email":"a@b.example","name":"A","role":"developer"}"""),
            ["keyId"] = (await customer.Owner.CreateKeyAsync("""{"name":"k","role":"developer"}""")).Id,
            ["tokenId"] = await customer.Owner.CreateAsync($"/v1/sites/{site}/enrolment-tokens", "{}"),
        };
    }

    /// <summary>Every row of the tenant with its ETag: what was written, even to the same value, shows.</summary>
    private async Task<string[]> RowsAsync(Customer customer)
    {
        var found = new List<string>();
        foreach (var table in (string[])["identity", "identitydeletions", "audit"])
        {
            var page = await _host.Store.ScanAsync(table, TableLimits.MaxPageRows, null, CancellationToken.None);
            found.AddRange(page.Rows.Where(r => r.Partition.StartsWith(customer.Id.Value, StringComparison.Ordinal)).Select(r => $"{table} {r.Row} {r.ETag}"));
        }

        return [.. found];
    }
}

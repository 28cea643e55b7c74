using System.Net;
using System.Text.Json;
using Saas.Billing.Tests.Shared;
using Saas.Cluster;
using Saas.Contracts;
using Saas.TestKit;

namespace Saas.Billing.Tests.Usage;

public sealed class GetUsageTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(UsageBench.Start);
    private BillingHost _host = null!;
    private Customer _acme = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await BillingHost.StartAsync(_time);
        _acme = await _host.SignUpAsync("acme");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task NothingUsed_TheMonthSoFarWithZeros()
    {
        var usage = await _acme.GetAsync("/v1/usage");

        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), usage.GetProperty("from").GetDateTimeOffset());
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero), usage.GetProperty("to").GetDateTimeOffset());
        Assert.Equal(0, usage.GetProperty("items").GetArrayLength());
        Assert.Equal("""{"vcpuSeconds":0,"memoryGibSeconds":0,"apiCalls":0,"transitOperations":0,"kvOperations":0}""", usage.GetProperty("totals").GetRawText());
        Assert.Equal("""{"amount":0,"currency":"EUR"}""", usage.GetProperty("cost").GetRawText());
        Assert.False(usage.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task UsedAndDeliveredTwice_ExactQuantitiesAndCostAtTheShippedPrices()
    {
        var items = OneHour(_acme);
        await _host.DeliverAsync(_acme, items);
        await _host.DeliverAsync(_acme, items);

        var usage = await _acme.GetAsync("/v1/usage?from=2026-11-21T07:00:00Z");

        // 1.5 vCPU for a minute: 90 x 9500 nano. 300 MiB for a minute: 17.578125 x 1250 = 21972.65625, so 21973. 3 calls: 6000.
        Assert.Equal("""{"vcpuSeconds":90,"memoryGibSeconds":17.578125,"apiCalls":3,"transitOperations":0,"kvOperations":0}""", usage.GetProperty("totals").GetRawText());
        Assert.Equal("""{"amount":0.000882973,"currency":"EUR"}""", usage.GetProperty("cost").GetRawText());
        Assert.Equal(
            [
                $$"""{"hour":"2026-11-21T07:00:00+00:00","projectId":null,"meter":"apicalls","quantity":3,"unit":"call","cost":0.000006}""",
                $$"""{"hour":"2026-11-21T07:00:00+00:00","projectId":"{{_acme.ProjectId}}","meter":"memory","quantity":17.578125,"unit":"GiB-second","cost":0.000021973}""",
                $$"""{"hour":"2026-11-21T07:00:00+00:00","projectId":"{{_acme.ProjectId}}","meter":"vcpu","quantity":90,"unit":"vCPU-second","cost":0.000855}""",
            ],
            usage.GetProperty("items").EnumerateArray().Select(i => i.GetRawText()));
    }

    [Fact]
    public async Task Filters_OnlyWhatTheyName()
    {
        await _host.DeliverAsync(_acme, OneHour(_acme));

        var meter = await _acme.GetAsync("/v1/usage?meter=memory");
        var project = await _acme.GetAsync($"/v1/usage?project={_acme.ProjectId}&groupBy=project");
        var before = await _acme.GetAsync("/v1/usage?from=2026-11-20&to=2026-11-21T07:00:00Z");

        Assert.Equal("""{"vcpuSeconds":0,"memoryGibSeconds":17.578125,"apiCalls":0,"transitOperations":0,"kvOperations":0}""", meter.GetProperty("totals").GetRawText());
        Assert.Equal("""{"vcpuSeconds":90,"memoryGibSeconds":17.578125,"apiCalls":0,"transitOperations":0,"kvOperations":0}""", project.GetProperty("totals").GetRawText());
        Assert.All(project.GetProperty("items").EnumerateArray(), i => Assert.Equal(JsonValueKind.Null, i.GetProperty("hour").ValueKind));
        Assert.Equal(0, before.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Pages_GiveEveryLineOnceInOrderAndTheSameTotals(int limit)
    {
        var bench = Enumerable.Range(0, 40).Select(i => new UsageItem(
            $"i{i}", i % 2 == 0 ? Meters.Vcpu : Meters.Memory, _acme.ProjectId, UsageBench.Start.AddHours(-i / 2), 1_000_000)).ToArray();
        await _host.DeliverAsync(_acme, bench);
        var whole = await _acme.GetAsync("/v1/usage?limit=1000");

        var lines = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await _acme.GetAsync($"/v1/usage?limit={limit}&after={after}");
            lines.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetRawText()));
            Assert.Equal(whole.GetProperty("totals").GetRawText(), page.GetProperty("totals").GetRawText());
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(40, lines.Count);
        Assert.Equal(whole.GetProperty("items").EnumerateArray().Select(i => i.GetRawText()), lines);
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-13-01", "to")]
    [InlineData("from=2026-11-21&to=2026-11-20", "to")]
    [InlineData("from=2026-11-21T07:00:00Z&to=2026-11-21T07:00:00Z", "to")]
    [InlineData("from=2026-10-01&to=2026-11-02", "to")]
    [InlineData("meter=disk", "meter")]
    [InlineData("project=prj_1", "project")]
    [InlineData("groupBy=day", "groupBy")]
    [InlineData("groupBy=hour,,meter", "groupBy")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("after=x", "after")]
    [InlineData("form=2026-11-21", "form")]
    [InlineData("meter=vcpu&meter=memory", "meter")]
    public async Task AParameterThatIsWrong_400NamesIt(string query, string field)
    {
        using var response = await _acme.Client.GetAsync(new Uri("/v1/usage?" + query, UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains(field, problem.RootElement.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task ALongestMonth_IsAccepted() =>
        await _acme.GetAsync("/v1/usage?from=2026-10-01&to=2026-11-01");

    [Fact]
    public async Task AKeyOfOneProject_SeesThatProjectOnly()
    {
        var other = EntityId.New("prj", _time);
        await _host.DeliverAsync(_acme, [.. OneHour(_acme), new UsageItem("other", Meters.Vcpu, other, UsageBench.Start, 5_000_000)]);
        var scoped = _acme with { Client = await _host.ScopedClientAsync(_acme, other) };

        var unnamed = await scoped.GetAsync("/v1/usage");
        var named = await scoped.GetAsync("/v1/usage?project=" + other);
        using var foreign = await scoped.Client.GetAsync(new Uri("/v1/usage?project=" + _acme.ProjectId, UriKind.Relative));

        Assert.Equal("""{"vcpuSeconds":5,"memoryGibSeconds":0,"apiCalls":0,"transitOperations":0,"kvOperations":0}""", unnamed.GetProperty("totals").GetRawText());
        Assert.Equal(unnamed.GetRawText(), named.GetRawText());
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [Fact]
    public async Task EveryRouteWithAnotherTenantsKey_ShowsNothingOfOurs()
    {
        await _host.DeliverAsync(_acme, OneHour(_acme));
        var mallory = await _host.SignUpAsync("mallory");

        var routes = _host.Routes.Routes.Where(r => r.Pattern.StartsWith("/v1/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(routes);
        foreach (var route in routes)
        {
            foreach (var query in new[] { "", "?project=" + _acme.ProjectId, "?groupBy=project" })
            {
                using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Pattern + query);
                using var response = await mallory.Client.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                Assert.DoesNotContain(_acme.ProjectId, text, StringComparison.Ordinal);
                Assert.DoesNotContain(_acme.Tenant.Value, text, StringComparison.Ordinal);
                Assert.DoesNotContain("17.578125", text, StringComparison.Ordinal);
            }
        }

        var hers = await mallory.GetAsync("/v1/usage?project=" + _acme.ProjectId);
        Assert.Equal("""{"vcpuSeconds":0,"memoryGibSeconds":0,"apiCalls":0,"transitOperations":0,"kvOperations":0}""", hers.GetProperty("totals").GetRawText());
    }

    [Fact]
    public async Task WithoutAKey_UsageIs401AndPricesAreShown()
    {
        using var anyone = _host.Client();
        using var usage = await anyone.GetAsync(new Uri("/v1/usage", UriKind.Relative));
        var prices = await (_acme with { Client = anyone }).GetAsync("/v1/prices");

        Assert.Equal(HttpStatusCode.Unauthorized, usage.StatusCode);
        Assert.Equal("EUR", prices.GetProperty("currency").GetString());
        Assert.Equal(
            """{"meter":"vcpu","unit":"vCPU-second","unitPrice":0.0000095,"effectiveFrom":"2026-01-01T00:00:00+00:00"}""",
            prices.GetProperty("prices")[0].GetRawText());
    }

    /// <summary>A minute of 1.5 vCPU and 300 MiB in a project, and three API calls.</summary>
    private static UsageItem[] OneHour(Customer customer) =>
    [
        new("a|vcpu", Meters.Vcpu, customer.ProjectId, UsageBench.Start, 1_500 * 60_000),
        new("a|memory", Meters.Memory, customer.ProjectId, UsageBench.Start, 300 * 60_000),
        new("calls", Meters.ApiCalls, null, UsageBench.Start, 3),
    ];
}

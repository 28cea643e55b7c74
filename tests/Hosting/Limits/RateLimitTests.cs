using System.Net;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Hosts;
using Saas.Hosting.Limits;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;
using Saas.Identity.Access;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Limits;

public sealed class RateLimitTests
{
    private static readonly Rate Roomy = new(100_000, 100_000);
    private static readonly Rate Two = new(1, 2);

    private static readonly RateLimits Open = new()
    {
        Plans = new Dictionary<string, Rate> { ["dev"] = Two, ["prod"] = Roomy },
        Address = Roomy,
        PublicRoute = Roomy,
        FailedCredentials = Roomy,
    };

    private static TestModule Things() => new TestModule()
        .Get("/v1/things", RouteAccess.Requires("things:read", "thing"), _ => Results.Ok())
        .With(routes => routes.Map("GET", "/v1/agents", RouteAccess.Requires("things:read", "thing"), (_, _) => Task.FromResult(Results.Ok())).Unmetered())
        .Get("/v1/public", RouteAccess.Public("a test"), _ => Results.Ok())
        .With(routes => routes.Map("GET", "/v1/fleet", RouteAccess.Public("a test"), (_, _) => Task.FromResult(Results.Ok())).CalledByFleets())
        .Get("/v1/other", RouteAccess.Public("a test"), _ => Results.Ok());

    private static Task<TestApp> StartAsync(RateLimits limits) => TestApp.StartAsync(Things(), new HostingOptions { Limits = limits });

    [Fact]
    public async Task ATenantHasTheRateOfItsPlanAndNoOthers()
    {
        await using var app = await StartAsync(Open);
        var tenant = TenantId.New(TimeProvider.System);
        app.Keys.Add("one", tenant, "dev", "*");
        app.Keys.Add("two", tenant, "dev", "*");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/v1/things", "one")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/v1/things", "two")).StatusCode);
        var refused = await GetAsync(app, "/v1/things", "one");
        var problem = await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "too-many-requests");
        Assert.True(problem.GetProperty("retryable").GetBoolean());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/v1/agents", "one")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/v1/things", TestApp.OwnerKey)).StatusCode);
        await Poll.UntilAsync(async () => (await GetAsync(app, "/v1/things", "one")).IsSuccessStatusCode, "the bucket to fill again");
    }

    [Fact]
    public async Task AnAddressMayCallAPublicRouteOnlySoOften()
    {
        await using var app = await StartAsync(Open with { PublicRoute = Two });
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/v1/public")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/v1/public")).StatusCode);
        await (await app.Anonymous.GetAsync("/v1/public")).ProblemAsync(HttpStatusCode.TooManyRequests, "too-many-requests");
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/v1/other")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task ARouteThatFleetsCallHasARateOfItsOwn()
    {
        await using var app = await StartAsync(Open with { PublicRoute = new Rate(1, 1), FleetRoute = Two });
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/v1/fleet")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/v1/fleet")).StatusCode);
        await (await app.Anonymous.GetAsync("/v1/fleet")).ProblemAsync(HttpStatusCode.TooManyRequests, "too-many-requests");
    }

    [Fact]
    public async Task FailedCredentialsAreLimitedAndAGoodOneStillPasses()
    {
        await using var app = await StartAsync(Open with { FailedCredentials = Two });
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(app, "/v1/things", "guess-1")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(app, "/v1/things", "guess-2")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(app, "/v1/things", "guess-3")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/v1/things", TestApp.OwnerKey)).StatusCode);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.TooManyRequests)]
    [InlineData(true, HttpStatusCode.OK)]
    public async Task AForwardedAddressCountsOnlyFromATrustedProxy(bool trusted, HttpStatusCode third)
    {
        await using var app = await StartAsync(Open with
        {
            PublicRoute = Two,
            TrustedProxies = trusted ? [IPNetwork.Parse("127.0.0.0/8")] : [],
        });
        foreach (var (client, status) in new[] { ("203.0.113.1", HttpStatusCode.OK), ("203.0.113.2", HttpStatusCode.OK), ("203.0.113.3", third) })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v1/public");
            request.Headers.Add("X-Forwarded-For", $"198.51.100.7, {client}");
            Assert.Equal(status, (await app.Anonymous.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public void TryTake_MoreKeysThanPartitions_ShareOneBucketAndFullOnesMakeRoom()
    {
        var clock = new FakeTimeProvider();
        var limits = new LimiterPartitions<int>(new Rate(1_000_000, 2), 100, clock);
        for (var key = 0; key < 10_000; key++)
        {
            limits.TryTake(key);
        }

        Assert.True(limits.Count <= 100, $"{limits.Count} partitions");
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(limits.TryTake(50_000));
        Assert.True(limits.Count <= 100, $"{limits.Count} partitions");
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void Key_TwoAddresses_AreOneClientWithinAnIPv6Network(string one, string other, bool same) =>
        Assert.Equal(same, ClientAddress.Key(IPAddress.Parse(one)) == ClientAddress.Key(IPAddress.Parse(other)));

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("evil, 203.0.113.9:51234", "203.0.113.9")]
    [InlineData("203.0.113.9, 10.0.0.7", "203.0.113.9")]
    [InlineData("203.0.113.9, [2001:db8::1]:443", "2001:db8::1")]
    [InlineData("garbage", "10.0.0.1")]
    public void Of_ForwardedFor_IsTheFirstFromTheRightThatIsNoProxy(string header, string expected)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        http.Request.Headers["X-Forwarded-For"] = header;
        Assert.Equal(IPAddress.Parse(expected), new ClientAddress([IPNetwork.Parse("10.0.0.0/8")]).Of(http));
    }

    private static Task<HttpResponseMessage> GetAsync(TestApp app, string path, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Nomad-Token", key);
        return app.Anonymous.SendAsync(request);
    }
}

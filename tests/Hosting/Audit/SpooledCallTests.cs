using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Audit;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;
using Saas.Storage;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

/// <summary>Calls that are recorded one by one, through the whole pipeline.</summary>
public sealed class SpooledCallTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly ScriptedStore _store = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EveryCall_ReadsAndRefusalsToo_IsRecordedWithWhatWasAskedAndAnswered()
    {
        await using var app = await StartAsync();
        app.Keys.Add("stranger", app.Tenant, "dev", "other:*");
        await app.Client.GetAsync("/v1/secret");
        await app.PostAsync("/v1/secret", "");
        app.Client.DefaultRequestHeaders.Authorization = new("Bearer", "stranger");
        Assert.Equal(HttpStatusCode.Forbidden, (await app.Client.GetAsync("/v1/secret")).StatusCode);

        var records = await RecordsAsync(app, 3);
        Assert.Equal(["call GET 200", "call POST 200", "denied GET 403"], records.Select(r => $"{r.Kind} {r.Route!.Split(' ')[0]} {r.Status}"));
        Assert.Equal(("prj_1", """{"plaintext":"hmac-sha256:00"}""", "true"), (records[0].ProjectId, records[0].Request.ToString(), records[0].Response.ToString()));
        Assert.Equal(1000, records[0].Error!.Length);
        Assert.Null(records[2].Request);
    }

    [Fact]
    public async Task TheStoreOfTheLogIsGone_CallsAreAnsweredAllTheSameAndRecordedLater()
    {
        await using var app = await StartAsync();
        _store.Fault = partition => partition == app.Tenant.Value ? StoreFault.Gone : StoreFault.None;
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/v1/secret")).StatusCode);
        }

        _store.Fault = _ => StoreFault.None;
        await RecordsAsync(app, 20);
    }

    [Fact]
    public async Task TheSpoolIsFull_CallsAreRefused()
    {
        await using var app = await StartAsync(o => o with { MinFreeBytes = long.MaxValue });
        await (await app.Client.GetAsync("/v1/secret")).ProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.DoesNotContain("the secret", await (await app.Client.GetAsync("/v1/secret")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhoHangsUpBeforeTheAnswer_IsRecordedAllTheSame(bool isSpooled)
    {
        var begun = new TaskCompletionSource();
        var module = new TestModule().With(routes =>
        {
            var route = routes.Map("POST", "/v1/slow", RouteAccess.Requires("secrets:write", "secret"), async (_, ct) =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, ct);
                return Results.Empty;
            });
            if (isSpooled)
            {
                route.Spooled();
            }
        });
        var options = new AuditSpoolOptions { Folder = _folder.File("spool"), MinFreeBytes = 0 };
        await using var app = await TestApp.StartAsync(
            module, new HostingOptions { Services = services => services.AddSingleton(options) }, TestApp.InMemory(_store));
        using var hangUp = new CancellationTokenSource();
        var call = app.Client.PostAsync("/v1/slow", null, hangUp.Token);
        await begun.Task;

        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(499, (await RecordsAsync(app, 1))[0].Status);
    }

    private Task<TestApp> StartAsync(Func<AuditSpoolOptions, AuditSpoolOptions>? configure = null)
    {
        var module = new TestModule().With(routes =>
        {
            routes.Map("GET", "/v1/secret", RouteAccess.Requires("secrets:read", "secret"), AnswerAsync).Spooled();
            routes.Map("POST", "/v1/secret", RouteAccess.Requires("secrets:write", "secret"), AnswerAsync).Spooled();
        });
        var options = new AuditSpoolOptions { Folder = _folder.File("spool"), MinFreeBytes = 0 };
        return TestApp.StartAsync(
            module,
            new HostingOptions { Services = services => services.AddSingleton(configure?.Invoke(options) ?? options) },
            TestApp.InMemory(_store));

        static Task<IResult> AnswerAsync(ApiRequest request, CancellationToken ct)
        {
            request.AuditDetails = new AuditDetails(
                "prj_1", Encoding.UTF8.GetBytes("""{"plaintext":"hmac-sha256:00"}"""), "true"u8.ToArray(), new string('e', 300_000));
            return Task.FromResult(Results.Text("the secret"));
        }
    }

    private async Task<IReadOnlyList<AuditEvent>> RecordsAsync(TestApp app, int count)
    {
        var scope = new TenantScopes(_store.Rows).For(app.Tenant);
        await Poll.UntilAsync(
            async () => (await AuditLog.HeadAsync(scope, default)).Sequence >= count,
            $"{count} records",
            () => app.Services.GetRequiredService<AuditSpool>().State);
        var records = (await AuditLog.ReadAsync(scope, 1, 1000, default)).Records;
        Assert.Equal(count, records.Count);
        Assert.Null(AuditVerifier.Verify(records, await AuditLog.HeadAsync(scope, default)));
        return [.. records.Select(r => r.Entry.Event)];
    }
}

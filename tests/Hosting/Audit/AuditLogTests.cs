using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Contracts;
using Saas.Hosting.Audit;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Tests.Support;
using Saas.Storage;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

public sealed class AuditLogTests
{
    private static readonly TenantId Tenant = TenantId.New(TimeProvider.System);

    private static AuditEvent Happened(string what) =>
        new() { Kind = AuditKinds.Call, ActorKind = "apikey", ActorId = "key_1", Action = "things:write", Resource = what, Status = 200 };

    [Fact]
    public async Task TwoInstancesThatAppendAtOnceMakeOneChain()
    {
        var scope = new TenantScopes(new InMemoryTableStore()).For(Tenant);
        var instances = new[] { new AuditLog(TimeProvider.System), new AuditLog(TimeProvider.System), new AuditLog(TimeProvider.System) };
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(() => instances[i % 3].AppendAsync(scope, Happened($"thing/{i}")))));
        var records = await ReadAsync(scope);
        Assert.Equal(300, records.Select(r => r.Entry.Event.Resource).Distinct().Count());
        Assert.Null(AuditVerifier.Verify(records, await AuditLog.HeadAsync(scope, default)));
    }

    [Fact]
    public async Task AChangedRemovedSwappedOrCutOffEntryIsFound()
    {
        var scope = new TenantScopes(new InMemoryTableStore()).For(Tenant);
        var log = new AuditLog(TimeProvider.System);
        for (var i = 0; i < 9; i++)
        {
            await log.AppendAsync(scope, Happened($"thing/{i}"));
        }

        var head = await AuditLog.HeadAsync(scope, default);
        var good = await ReadAsync(scope);
        Assert.Null(AuditVerifier.Verify(good, head));

        var changed = good[4].Entry with { Event = good[4].Entry.Event with { Resource = "thing/other" } };
        Assert.Equal(5, AuditVerifier.Verify([.. good[..4], good[4] with { Entry = changed }, .. good[5..]], head)?.Sequence);
        var rehashed = new AuditRecord(changed, AuditEntry.HashOf(changed.Canonical()));
        Assert.Equal(6, AuditVerifier.Verify([.. good[..4], rehashed, .. good[5..]], head)?.Sequence);
        Assert.Equal(5, AuditVerifier.Verify([.. good[..4], .. good[5..]], head)?.Sequence);
        Assert.Equal(4, AuditVerifier.Verify([.. good[..3], good[4], good[3], .. good[5..]], head)?.Sequence);
        Assert.Equal(9, AuditVerifier.Verify(good[..8], head)?.Sequence);
        Assert.Equal(1, AuditVerifier.Verify(good[1..], head)?.Sequence);
    }

    [Fact]
    public async Task ALogRewrittenFromTheStartIsFoundByTheHeadThatWasKept()
    {
        var scopes = new TenantScopes(new InMemoryTableStore());
        var (real, forged) = (scopes.For(Tenant), scopes.For(TenantId.New(TimeProvider.System)));
        var log = new AuditLog(TimeProvider.System);
        foreach (var i in Enumerable.Range(0, 3))
        {
            await log.AppendAsync(real, Happened($"thing/{i}"));
            await log.AppendAsync(forged, Happened($"thing/{i + 1}"));
        }

        var kept = await AuditLog.HeadAsync(real, default);
        Assert.Null(AuditVerifier.Verify(await ReadAsync(forged)));
        Assert.Equal(3, AuditVerifier.Verify(await ReadAsync(forged), kept)?.Sequence);
    }

    [Fact]
    public async Task TheVerifierNeedsNothingButTheJsonThatWasExported()
    {
        var scope = new TenantScopes(new InMemoryTableStore()).For(Tenant);
        var log = new AuditLog(TimeProvider.System);
        await log.AppendAsync(scope, Happened("thing/ä<&'\"\u2028😀"));
        await log.AppendAsync(scope, Happened("thing/2"));
        var json = JsonSerializer.Serialize(await AuditLog.ReadAsync(scope, 1, 100, default), AuditJson.Default.AuditPage);
        var read = JsonSerializer.Deserialize(json, AuditJson.Default.AuditPage)!;
        Assert.Null(AuditVerifier.Verify(read.Records));
    }

    [Fact]
    public async Task PagesGoOnWhereTheLastEnded()
    {
        var scope = new TenantScopes(new InMemoryTableStore()).For(Tenant);
        var log = new AuditLog(TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 25).Select(i => log.AppendAsync(scope, Happened($"thing/{i}"))));
        var first = await AuditLog.ReadAsync(scope, 1, 10, default);
        var last = await AuditLog.ReadAsync(scope, 21, 10, default);
        Assert.Equal((10, 11L), (first.Records.Count, first.Next));
        Assert.Equal((5, (long?)null), (last.Records.Count, last.Next));
    }

    [Fact]
    public async Task ChangingCallsAndDenialsAreEnteredBeforeTheAnswerAndReadsAreCounted()
    {
        var access = RouteAccess.Requires("things:write", r => $"thing/{r.Query("id")}");
        var module = new TestModule()
            .Post("/v1/things", access, (r, _) => Task.FromResult<IResult>(r.Query("id") == "0" ? Problem.Invalid("id", "from 1") : TypedResults.Created()))
            .Get("/v1/things", RouteAccess.Requires("things:read", "thing"), _ => Results.Ok());
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000));
        await using var app = await TestApp.StartAsync(module, platform: TestApp.InMemory(time: time));
        app.Keys.Add("reader", app.Tenant, "dev", "things:read");
        var scope = app.Services.GetRequiredService<TenantScopes>().For(app.Tenant);

        await app.PostAsync("/v1/things?id=7", "");
        await app.PostAsync("/v1/things?id=0", "");
        app.Client.DefaultRequestHeaders.Authorization = new("Bearer", "reader");
        await app.PostAsync("/v1/things?id=8", "");
        Assert.Equal(
            ["call thing/7 201", "call thing/0 400", "denied thing/8 403"],
            (await ReadAsync(scope)).Select(r => $"{r.Entry.Event.Kind} {r.Entry.Event.Resource} {r.Entry.Event.Status}"));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.Client.GetAsync("/v1/things")));
        time.Advance(AllowedCalls.Interval);
        await Poll.UntilAsync(async () => (await ReadAsync(scope)).Length == 4, "the reads to be entered");
        var reads = (await ReadAsync(scope))[3].Entry.Event;
        Assert.Equal((AuditKinds.Reads, "things:read", 5L), (reads.Kind, reads.Action, reads.Count));
        Assert.Null(AuditVerifier.Verify(await ReadAsync(scope)));
    }

    [Fact]
    public async Task WhatAnAgentReportsIsCountedForAllAgentsTogether()
    {
        var module = new TestModule().With(routes => routes
            .Map("PUT", "/v1/report", RouteAccess.Requires("agent:report", "self"), (_, _) => Task.FromResult(Results.Ok())).Unmetered());
        await using var app = await TestApp.StartAsync(module);
        var node = app.Keys.Add("agent", app.Tenant, "dev", "agent:*");
        app.Keys.Replace("agent", node with { Kind = Identity.Access.PrincipalKind.Agent, Id = "node_1" });
        app.Client.DefaultRequestHeaders.Authorization = new("Bearer", "agent");
        Assert.Equal(HttpStatusCode.OK, (await app.Client.PutAsync("/v1/report", null)).StatusCode);
        var scope = app.Services.GetRequiredService<TenantScopes>().For(app.Tenant);
        await app.StopAsync();
        var entry = Assert.Single(await ReadAsync(scope)).Entry.Event;
        Assert.Equal((AuditKinds.Reads, "agent", "*", "agent:report"), (entry.Kind, entry.ActorKind, entry.ActorId, entry.Action));
    }

    [Fact]
    public async Task APublicRouteEntersWhatItChangedInTheLogOfTheTenantItNames()
    {
        var made = TenantId.New(TimeProvider.System);
        var module = new TestModule().Post("/v1/tenants", RouteAccess.Public("a test"), (request, _) =>
        {
            request.ActsFor(request.Service<TenantScopes>().For(made), made.Value, $"tenant/{made}");
            return Task.FromResult(Results.StatusCode(201));
        });
        await using var app = await TestApp.StartAsync(module);
        await app.Anonymous.PostAsync("/v1/tenants", null);
        var entry = Assert.Single(await ReadAsync(app.Services.GetRequiredService<TenantScopes>().For(made))).Entry.Event;
        Assert.Equal(("anonymous", made.Value, "POST /v1/tenants", 201), (entry.ActorKind, entry.ActorId, entry.Action, entry.Status));
    }

    private static async Task<AuditRecord[]> ReadAsync(TenantScope scope) =>
        [.. (await AuditLog.ReadAsync(scope, 1, 1000, default)).Records];
}

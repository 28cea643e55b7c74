using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Idempotency;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Tests.Support;
using Saas.Storage;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Idempotency;

public sealed class IdempotencyTests
{
    private const string Header = "Idempotency-Key";
    private const string Key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    private const string Body = """{"name":"a","size":1}""";

    private static readonly RouteAccess Write = RouteAccess.Requires("things:write", "thing");

    /// <summary>Hands out a new secret at each run.</summary>
    private sealed class Maker
    {
        private int _runs;

        public int Runs => _runs;

        /// <summary>What the next run does first.</summary>
        public Func<Task> Before { get; set; } = () => Task.CompletedTask;

        public TestModule Module() => new TestModule()
            .Post("/v1/things", Write, MakeAsync)
            .Post("/v1/public", RouteAccess.Public("a test"), MakeAsync);

        private async Task<IResult> MakeAsync(ApiRequest request, CancellationToken ct)
        {
            var run = Interlocked.Increment(ref _runs);
            var thing = await request.ReadAsync(TestJson.Default.Thing, null, ct);
            await Before();
            request.Http.Response.Headers["X-Nomad-Index"] = $"{run}";
            return thing.Size < 0
                ? Problem.Invalid("size", "from 0")
                : Results.Text($"secret-{run}-{Guid.NewGuid():N}", "text/plain", Encoding.UTF8, StatusCodes.Status201Created);
        }
    }

    [Fact]
    public async Task ARepetitionIsAnsweredAsTheFirstAndRunsNothing()
    {
        var maker = new Maker();
        await using var app = await TestApp.StartAsync(maker.Module());
        var first = await app.PostAsync("/v1/things", Body, (Header, Key));
        var second = await app.PostAsync("/v1/things", Body, (Header, $"\"{Key}\""));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal("text/plain; charset=utf-8", second.Content.Headers.ContentType?.ToString());
        Assert.Equal("1", second.Headers.GetValues("X-Nomad-Index").Single());
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, maker.Runs);
    }

    [Fact]
    public async Task TheSameKeyWithAnotherBodyOrAddressIsRefused()
    {
        var maker = new Maker();
        await using var app = await TestApp.StartAsync(maker.Module());
        await app.PostAsync("/v1/things", Body, (Header, Key));
        foreach (var (path, body) in new[] { ("/v1/things", """{"name":"b","size":1}"""), ("/v1/things?x=1", Body) })
        {
            await (await app.PostAsync(path, body, (Header, Key)))
                .ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        }

        Assert.Equal(1, maker.Runs);
    }

    [Fact]
    public async Task ARepetitionWhileTheFirstRunsIsTold()
    {
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var maker = new Maker { Before = () => { started.SetResult(); return go.Task; } };
        await using var app = await TestApp.StartAsync(maker.Module());
        var first = app.PostAsync("/v1/things", Body, (Header, Key));
        await started.Task;
        var second = await app.PostAsync("/v1/things", Body, (Header, Key));
        await second.ProblemAsync(HttpStatusCode.Conflict, "idempotency-key-in-use");
        Assert.NotNull(second.Headers.RetryAfter);
        go.SetResult();
        Assert.Equal(HttpStatusCode.Created, (await first).StatusCode);
    }

    [Fact]
    public async Task OfManyAtOnceOneRuns()
    {
        var maker = new Maker { Before = () => Task.Delay(50) };
        await using var app = await TestApp.StartAsync(maker.Module());
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.PostAsync("/v1/things", Body, (Header, Key))));
        Assert.Equal(1, maker.Runs);
        Assert.True(all.All(r => r.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict), app.Log.Text);
    }

    [Fact]
    public async Task WhatWasRefusedOrFailedMayBeSentAgainWithTheKey()
    {
        var maker = new Maker();
        await using var app = await TestApp.StartAsync(maker.Module());
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("/v1/things", """{"name":"a","size":-1}""", (Header, Key))).StatusCode);
        maker.Before = () => throw new StorageUnavailableException("down");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await app.PostAsync("/v1/things", Body, (Header, Key))).StatusCode);
        maker.Before = () => Task.CompletedTask;
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("/v1/things", Body, (Header, Key))).StatusCode);
    }

    [Fact]
    public async Task AfterACrashTheClaimEndsAndTheKeyRunsAgain()
    {
        var time = new FakeTimeProvider();
        var platform = TestApp.InMemory(time: time);
        var never = new TaskCompletionSource();
        var maker = new Maker { Before = () => never.Task };
        await using var crashed = await TestApp.StartAsync(maker.Module(), platform: platform);
        _ = crashed.PostAsync("/v1/public", Body, (Header, Key));
        await Poll.UntilAsync(() => maker.Runs == 1, "the first run");
        maker.Before = () => Task.CompletedTask;

        await using var next = await TestApp.StartAsync(maker.Module(), platform: platform);
        Assert.Equal(HttpStatusCode.Conflict, (await next.PostAsync("/v1/public", Body, (Header, Key))).StatusCode);
        time.Advance(IdempotencyStore.ClaimTime);
        Assert.Equal(HttpStatusCode.Created, (await next.PostAsync("/v1/public", Body, (Header, Key))).StatusCode);
        never.SetResult();
    }

    [Fact]
    public async Task AStoredResponseEndsAfterADayAndIsRemoved()
    {
        var time = new FakeTimeProvider();
        var store = new InMemoryTableStore();
        var maker = new Maker();
        await using var app = await TestApp.StartAsync(maker.Module(), platform: TestApp.InMemory(store, time));
        await app.PostAsync("/v1/public", Body, (Header, Key));
        await app.PostAsync("/v1/public", Body, (Header, Key + "-other"));
        time.Advance(IdempotencyStore.Lifetime + TimeSpan.FromMinutes(1));
        await app.PostAsync("/v1/public", Body, (Header, Key));
        Assert.Equal(3, maker.Runs);
        var rows = await new PlatformScope(store).Partition("idempotency", "public")
            .QueryAsync(Saas.Storage.Tables.RowRange.All, 100, null, default);
        Assert.Equal(2, rows.Rows.Count);
    }

    [Fact]
    public async Task TheStoreHoldsNeitherKeyNorResponse()
    {
        var store = new InMemoryTableStore();
        await using var app = await TestApp.StartAsync(new Maker().Module(), platform: TestApp.InMemory(store));
        var answers = new List<string>();
        foreach (var path in new[] { "/v1/things", "/v1/public" })
        {
            answers.Add(await (await app.PostAsync(path, Body, (Header, Key))).Content.ReadAsStringAsync());
        }

        await foreach (var row in new PlatformScope(store).ScanAsync("idempotency", default))
        {
            var text = row.Row + Encoding.UTF8.GetString(row.Value.Span);
            Assert.DoesNotContain(Key, text, StringComparison.OrdinalIgnoreCase);
            Assert.All(answers, answer => Assert.DoesNotContain(answer, text, StringComparison.Ordinal));
            Assert.All(answers, answer => Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(answer)), text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task AnotherKeyOfTheTenantGetsNothingOfTheFirstsAnswer()
    {
        var maker = new Maker();
        await using var app = await TestApp.StartAsync(maker.Module());
        var first = await (await app.PostAsync("/v1/things", Body, (Header, Key))).Content.ReadAsStringAsync();
        app.Keys.Add("colleague", app.Tenant, "dev", "*");
        app.Client.DefaultRequestHeaders.Authorization = new("Bearer", "colleague");
        var second = await (await app.PostAsync("/v1/things", Body, (Header, Key))).Content.ReadAsStringAsync();
        Assert.NotEqual(first, second);
        Assert.Equal(2, maker.Runs);
    }

    [Theory]
    [InlineData("/v1/things", "")]
    [InlineData("/v1/things", "with space")]
    [InlineData("/v1/public", "guessable")]
    public async Task AKeyThatIsNoneIsRefused(string path, string key)
    {
        await using var app = await TestApp.StartAsync(new Maker().Module());
        await (await app.PostAsync(path, Body, (Header, key))).ProblemAsync(HttpStatusCode.BadRequest, "idempotency-key-invalid");
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Tests.Support;
using Saas.Storage;

namespace Saas.Hosting.Tests.Pipeline;

public sealed class FailureTests
{
    private static readonly RouteAccess Read = RouteAccess.Requires("things:read", "thing");

    private static TestModule Throwing(Exception e) => new TestModule().Get("/v1/things", Read, _ => throw e);

    [Fact]
    public async Task AnUnexpectedExceptionIsOneProblemAndOneLogLine()
    {
        await using var app = await TestApp.StartAsync(Throwing(new InvalidTimeZoneException("the secret inside")));
        var response = await app.Client.GetAsync("/v1/things");
        var problem = await response.ProblemAsync(HttpStatusCode.InternalServerError, "internal-error");
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
        Assert.True(problem.GetProperty("retryable").GetBoolean());
        Assert.DoesNotContain("the secret inside", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(app.Log.Lines, line => line.Contains("the secret inside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnExceptionInAChangingCallIsLoggedOnceToo()
    {
        var module = new TestModule().Post("/v1/things", Read, (_, _) => throw new InvalidTimeZoneException("inside"));
        await using var app = await TestApp.StartAsync(module);
        await (await app.PostAsync("/v1/things", "{}")).ProblemAsync(HttpStatusCode.InternalServerError, "internal-error");
        Assert.Single(app.Log.Lines, line => line.Contains("inside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AStoreThatDoesNotAnswerIsUnavailableForAMoment()
    {
        await using var app = await TestApp.StartAsync(Throwing(new StorageUnavailableException("down")));
        var response = await app.Client.GetAsync("/v1/things");
        var problem = await response.ProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.True(problem.GetProperty("retryable").GetBoolean());
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task AProblemThrownDeepInsideIsTheAnswerAndNoError()
    {
        await using var app = await TestApp.StartAsync(Throwing(new ProblemException(Problem.NotFound("thing"))));
        await (await app.Client.GetAsync("/v1/things")).ProblemAsync(HttpStatusCode.NotFound, "not-found");
        Assert.DoesNotContain(app.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnAnswerThatFailsHalfwayIsCutOff()
    {
        var module = new TestModule().Get("/v1/things", Read, _ => Results.Stream(async stream =>
        {
            await stream.WriteAsync(new byte[10]);
            await stream.FlushAsync();
            throw new InvalidTimeZoneException("halfway");
        }));
        await using var app = await TestApp.StartAsync(module);
        await Assert.ThrowsAsync<HttpRequestException>(() => app.Client.GetAsync("/v1/things"));
    }

    [Fact]
    public async Task NoLogLineHoldsACredentialOrABody()
    {
        const string Secret = "saas_a-secret-nobody-may-see";
        var module = new TestModule()
            .Post("/v1/things", Read, async (request, ct) =>
            {
                await request.ReadAsync(TestJson.Default.Thing, null, ct);
                return Results.Text(Secret);
            })
            .Get("/v1/broken", Read, _ => throw new InvalidOperationException("broken"));
        await using var app = await TestApp.StartAsync(module);
        app.Keys.Add(Secret, app.Tenant, "dev", "*");
        foreach (var (header, value) in new[] { ("Authorization", "Bearer " + Secret), ("X-Vault-Token", Secret), ("X-Nomad-Token", Secret + "x") })
        {
            app.Client.DefaultRequestHeaders.Clear();
            app.Client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
            await app.PostAsync("/v1/things", $$"""{"name":"{{Secret}}","size":1}""", ("Idempotency-Key", Secret));
            await app.PostAsync("/v1/things", $$"""{"name":"{{Secret}}","size":"{{Secret}}"}""");
            await app.Client.GetAsync($"/v1/broken?token={Secret}");
            await app.Client.GetAsync($"/v1/{Secret}");
        }

        await app.StopAsync();
        Assert.NotEmpty(app.Log.Lines);
        Assert.DoesNotContain(Secret, app.Log.Text, StringComparison.Ordinal);
    }
}

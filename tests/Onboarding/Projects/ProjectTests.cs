using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Saas.Identity.Quotas;
using Saas.Onboarding.Tests.Shared;

namespace Saas.Onboarding.Tests.Projects;

public sealed class ProjectTests : IAsyncLifetime
{
    private readonly OnboardingHost _host = new();
    private Customer _customer = null!;

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        _customer = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Caller Owner => _customer.Owner;

    [Fact]
    public async Task Create_Update_Delete_GoTheirWay()
    {
        var id = await Owner.CreateAsync("/v1/projects", """{"name":"web","description":"the shop"}""");
        (await Owner.PatchAsync($"/v1/projects/{id}", """{"description":"the new shop"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("the new shop", (await Owner.GetAsync($"/v1/projects/{id}")).Text("description"));
        (await Owner.DeleteAsync($"/v1/projects/{id}")).Expect(HttpStatusCode.NoContent);
        (await Owner.GetAsync($"/v1/projects/{id}")).Expect(HttpStatusCode.NotFound);
        await Owner.CreateAsync("/v1/projects", """{"name":"web"}""");
    }

    [Fact]
    public async Task Create_NameTaken_Is409() =>
        (await Owner.PostAsync("/v1/projects", """{"name":"default"}""")).ExpectProblem(HttpStatusCode.Conflict, "name-taken");

    [Theory]
    [InlineData("Web")]
    [InlineData("-web")]
    [InlineData("web/shop")]
    [InlineData("../etc")]
    [InlineData("wéb")]
    [InlineData("")]
    public async Task Create_NotASlug_Is400(string name) =>
        (await Owner.PostAsync("/v1/projects", $$"""{"name":"{{name}}"}""")).ExpectProblem(HttpStatusCode.BadRequest, "invalid-request");

    [Fact]
    public async Task Delete_Default_IsRefused() =>
        (await Owner.DeleteAsync($"/v1/projects/{_customer.ProjectId}")).ExpectProblem(HttpStatusCode.Conflict, "in-use");

    [Fact]
    public async Task Delete_WithJobs_IsRefusedUntilTheyAreGone()
    {
        var id = await Owner.CreateAsync("/v1/projects", """{"name":"web"}""");
        var quotas = _host.Services.GetRequiredService<TenantQuotas>();
        var scope = _host.Scopes.For(_customer.Id);
        Assert.True((await quotas.HoldJobAsync(scope, id, "shop", CancellationToken.None)).IsDone);
        (await Owner.DeleteAsync($"/v1/projects/{id}")).ExpectProblem(HttpStatusCode.Conflict, "in-use");
        await quotas.ReleaseJobAsync(scope, id, "shop", CancellationToken.None);
        (await Owner.DeleteAsync($"/v1/projects/{id}")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Delete_PlaceHeldForAJobNeverWritten_IsNoHindranceForLong()
    {
        var id = await Owner.CreateAsync("/v1/projects", """{"name":"web"}""");
        var quotas = _host.Services.GetRequiredService<TenantQuotas>();
        await quotas.HoldJobAsync(_host.Scopes.For(_customer.Id), id, "shop", CancellationToken.None);
        _host.Time.Advance(TimeSpan.FromMinutes(10));
        (await Owner.DeleteAsync($"/v1/projects/{id}")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task ManyAtOnce_ExactlyThePlansNumberIsMade()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => Owner.PostAsync("/v1/projects", $$"""{"name":"p{{i}}"}""")));
        Assert.Equal(9, answers.Count(a => a.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.ExpectProblem(HttpStatusCode.Forbidden, "quota-exceeded"));
        Assert.Equal(10, (await Owner.GetAsync("/v1/projects")).Items.Length);
    }

    [Fact]
    public async Task OneNameAtOnce_ExactlyOneGetsIt()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Owner.PostAsync("/v1/projects", """{"name":"same"}""")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(a => a.Problem == "name-taken"));
    }

    [Fact]
    public async Task List_PageByPage_GivesEachOnceInOrder()
    {
        for (var i = 0; i < 7; i++)
        {
            await Owner.CreateAsync("/v1/projects", $$"""{"name":"p{{i}}"}""");
            _host.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await Owner.GetAsync("/v1/projects?limit=3" + (next is null ? "" : "&after=" + next));
            names.AddRange(page.Items.Select(p => p.GetProperty("name").GetString()!));
            next = page.Json.TryGetProperty("next", out var n) ? n.GetString() : null;
        }
        while (next is not null);

        Assert.Equal(8, names.Distinct().Count());
        Assert.Equal(["p0", "p1", "p2", "p3", "p4", "p5", "p6"], names.Where(n => n != "default"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=many")]
    [InlineData("after=prj_nonsense")]
    [InlineData("after=%7C")]
    public async Task List_NotAPage_Is400(string query) =>
        (await Owner.GetAsync("/v1/projects?" + query)).ExpectProblem(HttpStatusCode.BadRequest, "invalid-request");
}

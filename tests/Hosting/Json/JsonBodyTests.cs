using System.Net;
using System.Text;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;

namespace Saas.Hosting.Tests.Json;

public sealed class JsonBodyTests
{
    private static readonly RouteAccess Write = RouteAccess.Requires("things:write", "thing");

    private static TestModule Things(IValidator<Thing>? validator = null) => new TestModule().Post("/v1/things", Write, async (request, ct) =>
    {
        var thing = await request.ReadAsync(TestJson.Default.Thing, validator, ct);
        return Results.Text($"{thing.Name}/{thing.Size}/{thing.Parts?.Count}");
    });

    [Theory]
    [InlineData("""{"name":"a"}""", "size", "Required field is missing.")]
    [InlineData("""{"name":"a","size":1,"colour":"red"}""", "colour", "Unknown field. Known are: name, size, parts, labels.")]
    [InlineData("""{"name":"a","size":1,"size":2}""", "size", "Given more than once.")]
    [InlineData("""{"name":"a","size":"big"}""", "size", "Expected a whole number from -2147483648 to 2147483647; text came.")]
    [InlineData("""{"name":"a","size":1e99}""", "size", "Expected a whole number from -2147483648 to 2147483647; a number came.")]
    [InlineData("""{"name":7,"size":1}""", "name", "Expected text; a number came.")]
    [InlineData("""{"name":null,"size":1}""", "name", "Expected text; null came.")]
    [InlineData("""{"name":"a","size":1,"parts":{}}""", "parts", "Expected a list; an object came.")]
    [InlineData("""{"name":"a","size":1,"parts":[{"weight":1,"isSpare":true},{"weight":1,"isSpare":"no"}]}""", "parts[1].isSpare", "Expected true or false; text came.")]
    [InlineData("""{"name":"a","size":1,"labels":{"x":5}}""", "labels.x", "Expected text; a number came.")]
    [InlineData("[]", "", "Expected an object; a list came.")]
    [InlineData("null", "", "Expected an object; null came.")]
    [InlineData("", "", "Expected a JSON document; the body is empty.")]
    [InlineData("{\"name\":\"a\",\n  \"size\" 1}", "", "Not valid JSON at line 2, byte 10.")]
    [InlineData("""{"name":"a","size":1} x""", "", "Not valid JSON at line 1, byte 23.")]
    public async Task AFaultyBodySaysWhatIsWrongAndWhere(string body, string field, string message)
    {
        await using var app = await TestApp.StartAsync(Things());
        var problem = await (await app.PostAsync("/v1/things", body)).ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        var errors = problem.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("field").GetString(), e.GetProperty("message").GetString()));
        Assert.Equal([(field, message)], errors);
    }

    [Fact]
    public async Task AllFaultsAreToldAtOnce()
    {
        await using var app = await TestApp.StartAsync(Things());
        var response = await app.PostAsync("/v1/things", """{"size":"x","b":1,"parts":[{"weight":true}]}""");
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(
            ["size", "b", "parts[0].weight", "parts[0].isSpare", "name"],
            problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task NestingTooDeepIsRefused()
    {
        await using var app = await TestApp.StartAsync(Things());
        var deep = """{"name":"a","size":1,"x":""" + new string('[', 100) + new string(']', 100) + "}";
        await (await app.PostAsync("/v1/things", deep)).ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact]
    public async Task WhatTheValidatorRefusesIsNamedAsOnTheWire()
    {
        var validator = new InlineValidator<Thing>();
        validator.RuleFor(t => t.Size).GreaterThan(0).WithMessage("at least 1");
        await using var app = await TestApp.StartAsync(Things(validator));
        var problem = await (await app.PostAsync("/v1/things", """{"name":"a","size":0}"""))
            .ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal("size", problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task WhatIsNotJsonIsTheWrongMediaType()
    {
        await using var app = await TestApp.StartAsync(Things());
        var response = await app.Client.PostAsync("/v1/things", new StringContent("{}", Encoding.UTF8, "text/plain"));
        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Fact]
    public async Task ABodyJustWithinTheLimitIsRead()
    {
        await using var app = await TestApp.StartAsync(Things());
        var name = new string('n', 1024 * 1024 - 30);
        var response = await app.PostAsync("/v1/things", $$"""{"name":"{{name}}","size":1}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}

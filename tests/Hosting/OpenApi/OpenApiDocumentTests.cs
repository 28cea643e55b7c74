using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;

namespace Saas.Hosting.Tests.OpenApi;

public sealed class OpenApiDocumentTests
{
    private static TestModule Things() => new TestModule()
        .With(routes => routes.Map("POST", "/v1/things/{id}/{**rest}", RouteAccess.Requires("things:write", "thing"), (_, _) => Task.FromResult(Results.Ok()))
            .Summary("Makes a thing.")
            .Accepts(TestJson.Default.Thing)
            .Produces(StatusCodes.Status201Created, TestJson.Default.Thing)
            .Problems(409, 422))
        .Get("/v1/public", RouteAccess.Public("everyone may know"), _ => Results.Ok())
        .With(routes => routes.Map("LIST", "/v1/things", RouteAccess.Requires("things:list", "thing"), (_, _) => Task.FromResult(Results.Ok())));

    private static async Task<JsonNode> ReadAsync()
    {
        await using var app = await TestApp.StartAsync(Things());
        return JsonNode.Parse(await app.Anonymous.GetStringAsync("/openapi/v1.json"))!;
    }

    [Fact]
    public async Task EveryRouteIsThereWithPermissionSchemasAndProblems()
    {
        var document = await ReadAsync();
        Assert.Equal("3.1.0", (string?)document["openapi"]);
        Assert.Equal(["/v1/things/{id}/{rest}", "/v1/public", "/v1/things"], document["paths"]!.AsObject().Select(p => p.Key));

        var post = document["paths"]!["/v1/things/{id}/{rest}"]!["post"]!;
        Assert.Equal("things:write", (string?)post["x-permission"]);
        Assert.Equal("Makes a thing.", (string?)post["summary"]);
        Assert.Equal(["id", "rest"], post["parameters"]!.AsArray().Select(p => (string?)p!["name"]));
        Assert.Equal(
            ["201", "400", "401", "403", "409", "413", "422", "429", "500", "503"],
            post["responses"]!.AsObject().Select(r => r.Key).Order(StringComparer.Ordinal));
        var thing = document["components"]!["schemas"]!["Thing"]!;
        Assert.Equal(["labels", "name", "parts", "size"], thing["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));

        var open = document["paths"]!["/v1/public"]!["get"]!;
        Assert.Empty(open["security"]!.AsArray());
        Assert.Equal("everyone may know", (string?)open["x-public"]);
        Assert.NotNull(document["paths"]!["/v1/things"]!["x-list"]);
    }

    [Fact]
    public async Task EveryReferenceLeadsSomewhere()
    {
        var document = await ReadAsync();
        var references = References(document).ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            var found = reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (at, part) => at is JsonArray list ? list[int.Parse(part)] : at?[part]);
            Assert.NotNull(found);
        });
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => m is { Key: "$ref", Value: JsonValue value } ? [(string)value!] : References(m.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}

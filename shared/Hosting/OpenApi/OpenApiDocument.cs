using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;

namespace Saas.Hosting.OpenApi;

/// <summary>The OpenAPI 3.1 document of an app, made from its route table: what is not in the table is not served.</summary>
internal static partial class OpenApiDocument
{
    private const string BearerScheme = "bearer";

    /// <summary>Those of every route.</summary>
    private static readonly int[] CommonProblems = [400, 413, 429, 500, 503];

    private static readonly int[] GuardedProblems = [401, 403];

    public static JsonObject Of(string module, IEnumerable<ApiRoute> routes)
    {
        var schemas = new SchemaCatalog();
        var paths = new JsonObject();
        foreach (var byPath in routes.Where(r => !r.IsInternal).GroupBy(r => PathOf(r.Pattern), StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (var route in byPath)
            {
                // LIST is no method OpenAPI knows; Vault's clients may send it as GET with ?list=true too.
                item[route.Method == "LIST" ? "x-list" : route.Method.ToLowerInvariant()] = Operation(route, schemas);
            }

            paths[byPath.Key] = item;
        }

        var problem = schemas.Reference(ProblemJson.Default.Problem);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = module, ["version"] = "1" },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.ToJson(),
                ["responses"] = new JsonObject
                {
                    ["Problem"] = new JsonObject
                    {
                        ["description"] = "What went wrong (RFC 9457).",
                        ["content"] = new JsonObject { [Problem.MediaType] = new JsonObject { ["schema"] = problem } },
                    },
                },
                ["securitySchemes"] = SecuritySchemes(),
            },
        };
    }

    private static JsonObject Operation(ApiRoute route, SchemaCatalog schemas)
    {
        var operation = new JsonObject { ["operationId"] = OperationId(route) };
        if (route.Text is not null)
        {
            operation["summary"] = route.Text;
        }

        var names = Parameters().Matches(route.Pattern).Select(m => m.Groups["name"].Value).ToList();
        if (names.Count > 0)
        {
            operation["parameters"] = new JsonArray([.. names.Select(Parameter)]);
        }

        if (route.RequestType is { } request)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Json(schemas.Reference(request)),
                ["x-max-bytes"] = route.BodyLimitBytes,
            };
        }

        operation["responses"] = Responses(route, schemas);
        if (route.Access.Action is { } action)
        {
            operation["security"] = new JsonArray(new[] { BearerScheme, "X-Vault-Token", "X-Consul-Token", "X-Nomad-Token" }
                .Select(JsonNode (scheme) => new JsonObject { [scheme] = new JsonArray() }).ToArray());
            operation["x-permission"] = action;
        }
        else
        {
            operation["security"] = new JsonArray();
            operation["x-public"] = route.Access.PublicReason;
        }

        return operation;
    }

    private static JsonObject Responses(ApiRoute route, SchemaCatalog schemas)
    {
        var responses = new JsonObject();
        foreach (var response in route.Responses)
        {
            var json = new JsonObject { ["description"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(response.Status) };
            if (response.Type is { } type)
            {
                json["content"] = Json(schemas.Reference(type));
            }

            responses[response.Status.ToString()] = json;
        }

        IEnumerable<int> problems = [.. CommonProblems, .. route.Access.IsPublic ? [] : GuardedProblems, .. route.ProblemStatuses];
        foreach (var status in problems.Distinct().Order())
        {
            responses[status.ToString()] ??= new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        }

        return responses;
    }

    private static JsonObject SecuritySchemes()
    {
        var schemes = new JsonObject { [BearerScheme] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } };
        foreach (var header in new[] { "X-Vault-Token", "X-Consul-Token", "X-Nomad-Token" })
        {
            schemes[header] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = header };
        }

        return schemes;
    }

    private static JsonNode Parameter(string name) => new JsonObject
    {
        ["name"] = name,
        ["in"] = "path",
        ["required"] = true,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Json(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static string PathOf(string pattern) => Parameters().Replace(pattern, "{${name}}");

    /// <summary><c>GET /v1/projects/{projectId}</c> is <c>get-v1-projects-projectId</c>.</summary>
    private static string OperationId(ApiRoute route) =>
        route.Method.ToLowerInvariant() + NotWord().Replace(PathOf(route.Pattern), "-").TrimEnd('-');

    [GeneratedRegex(@"\{\*{0,2}(?<name>[A-Za-z0-9_]+)[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameters();

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotWord();
}

using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;

namespace Saas.Registry.Intentions;

/// <summary>GET /v1/connect/intentions/match: for each name what applies to it, in the order in which they decide.</summary>
internal static class MatchIntentions
{
    private const int MaxNames = 64;

    public static void Map(IRouteTable routes) => routes.MapQuestion(
        "/v1/connect/intentions/match", "intentions:read", IntentionRoutes.All, "The intentions that apply to services, as sources or destinations.", Read);

    private static IntentionQuestion Read(ConsulRequest request)
    {
        if (request.QueryAll("by") is not [var by])
        {
            throw RegistryException.Server("required query parameter 'by' not set");
        }

        if (by is not ("source" or "destination"))
        {
            throw RegistryException.Server("'by' parameter must be one of 'source' or 'destination'");
        }

        var given = request.QueryAll("name");
        if (given.Count == 0)
        {
            throw RegistryException.Server("required query parameter 'name' not set");
        }

        if (given.Count > MaxNames)
        {
            throw RegistryException.BadRequest($"name: expected at most {MaxNames}; {given.Count} came");
        }

        var names = given.Distinct(StringComparer.Ordinal).Select(n => (Given: n, Name: IntentionNames.Parse("name", n))).ToList();
        return new IntentionQuestion(
            new QuestionKey("intentions/match", "").With(by).With(given).ToString(),
            (json, state) =>
            {
                json.WriteStartObject();
                foreach (var (key, name) in names)
                {
                    json.WritePropertyName(key);
                    IntentionWire.WriteAll(json, by == "source" ? state.MatchingSource(name) : state.MatchingDestination(name));
                }

                json.WriteEndObject();
            });
    }
}

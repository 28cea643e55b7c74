using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Intentions;

/// <summary>
/// GET /v1/connect/intentions/check: whether a service may call another. Where no intention says, it may not: Consul goes by
/// the default of its access rules there, which here is to deny. One with permissions asks for more than is known of a
/// connection, so it denies.
/// </summary>
internal static class CheckIntention
{
    public static void Map(IRouteTable routes) => routes.MapConsul(
        "GET", "/v1/connect/intentions/check", "intentions:check", IntentionRoutes.Destination, "Whether a service may call another.", HandleAsync);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        if (request.Query("source-type") is { } type and not "consul")
        {
            throw RegistryException.Server($"unsupported SourceType: \"{(type.Length <= 64 ? type : type[..64])}\"");
        }

        var (source, destination) = (IntentionNames.Required(request, "source"), IntentionNames.Required(request, "destination"));
        var state = await request.ReadAsync(ct);
        var allowed = state.Intentions.Deciding(source, destination)?.Action == Intention.Allow;
        return ConsulResult.Of(new CheckAnswer(allowed), IntentionAnswerJson.Default.CheckAnswer);
    }
}

using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad.Blocking;

namespace Saas.Provisioning.Nomad;

/// <summary>Binds a request to what it asks.</summary>
/// <exception cref="Hosting.Problems.ProblemException">What is wrong with it.</exception>
internal delegate ValueTask<NomadQuestion> QuestionBinder(ApiRequest request, QueryOptions options, CancellationToken ct);

internal static class ReadRoutes
{
    /// <summary>A reading endpoint with all that Nomad's have in common: options, blocking, headers.</summary>
    public static IRoute MapRead<T>(this IRouteTable routes, string pattern, RouteAccess access, JsonTypeInfo<T> type, QuestionBinder bind) =>
        routes.Map("GET", pattern, access, (request, ct) => AnswerAsync(request, bind, ct))
            .Produces(StatusCodes.Status200OK, type)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> AnswerAsync(ApiRequest request, QuestionBinder bind, CancellationToken ct)
    {
        var options = QueryOptions.Of(request.Http.Request.Query);
        await request.RegionAsync(ct);
        var question = await bind(request, options, ct);
        return await request.Service<BlockingQueries>()
            .AnswerAsync(request.Tenant, QueryKeys.Of(request, question.IsSameForAll), question, options, ct);
    }
}

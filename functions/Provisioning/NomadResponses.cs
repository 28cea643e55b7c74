using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning;

/// <summary>Answers as Nomad's clients expect them: the index of what was read goes into headers.</summary>
internal static class NomadResponses
{
    /// <param name="index">Never sent as 0: clients take that for "unknown".</param>
    public static IResult Ok<T>(ApiRequest request, T value, JsonTypeInfo<T> type, long index)
    {
        NomadAnswer.SetHeaders(request.Http.Response.Headers, index);
        return Results.Json(value, type);
    }
}

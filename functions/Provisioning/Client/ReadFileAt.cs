using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

namespace Saas.Provisioning.Client;

/// <summary>A part of a file.</summary>
internal static class ReadFileAt
{
    public static void Map(IRouteTable routes) =>
        routes.MapClient("fs/readat", "", "allocations:files", Bind, static _ => AnswerForm.Plain)
            .Summary("Bytes of a file (path) of the allocation's, from offset on; limit of them.");

    private static SessionRequest Bind(ApiRequest request) => new()
    {
        Kind = SessionKinds.ReadFile,
        Path = request.Required("path", FileTexts.NoName),
        Offset = request.Whole("offset", ClientRequests.Refused("offset"))
            ?? throw new ProblemException(ClientRequests.Refused("offset")("error parsing offset: strconv.ParseInt: parsing \"\": invalid syntax")),
        Limit = request.Whole("limit", ClientRequests.Refused("limit")) ?? 0,
    };
}

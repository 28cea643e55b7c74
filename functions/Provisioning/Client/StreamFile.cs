using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

/// <summary>A file as it grows.</summary>
internal static class StreamFile
{
    public static void Map(IRouteTable routes) =>
        routes.MapClient("fs/stream", "", "allocations:files", Bind, static _ => AnswerForm.Frames)
            .Summary("A file (path) of the allocation's in frames, from offset on (origin: start or end), followed unless follow=false.");

    private static SessionRequest Bind(ApiRequest request) => new()
    {
        Kind = SessionKinds.ReadFile,
        Path = request.Required("path", FileTexts.NoName),
        Follow = request.Truth("follow", ClientRequests.Refused("follow")) ?? true,
        Offset = request.Whole("offset", ClientRequests.Refused("offset")) ?? 0,
        FromEnd = request.FromEnd(),
    };
}

using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

/// <summary>What is in a folder of an allocation's.</summary>
internal static class ListFiles
{
    public static void Map(IRouteTable routes) =>
        routes.MapClient("fs/ls", "", "allocations:files", Bind, static _ => AnswerForm.Json)
            .Summary("The files in a folder (path) of the allocation's.");

    private static SessionRequest Bind(ApiRequest request) =>
        new() { Kind = SessionKinds.ListFiles, Path = request.Query("path") is { Length: > 0 } path ? path : "/" };
}

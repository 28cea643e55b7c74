using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

internal static class CatFile
{
    public static void Map(IRouteTable routes) =>
        routes.MapClient("fs/cat", "", "allocations:files", Bind, static _ => AnswerForm.Plain)
            .Summary("A file (path) of the allocation's, as it is now.");

    private static SessionRequest Bind(ApiRequest request) =>
        new() { Kind = SessionKinds.ReadFile, Path = request.Required("path", FileTexts.NoName) };
}

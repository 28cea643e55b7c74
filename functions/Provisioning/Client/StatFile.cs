using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

internal static class StatFile
{
    public static void Map(IRouteTable routes) =>
        routes.MapClient("fs/stat", "", "allocations:files", Bind, static _ => AnswerForm.Json)
            .Summary("Size, kind and permissions of a file (path) of the allocation's.");

    private static SessionRequest Bind(ApiRequest request) =>
        new() { Kind = SessionKinds.StatFile, Path = request.Required("path", FileTexts.NoName) };
}

internal static class FileTexts
{
    public const string NoName = "must provide a file name";
}

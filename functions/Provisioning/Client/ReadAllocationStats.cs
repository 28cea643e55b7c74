using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

internal static class ReadAllocationStats
{
    public static void Map(IRouteTable routes) =>
        routes.MapClient("allocation", "/stats", "allocations:read", Bind, static _ => AnswerForm.Json)
            .Summary("What the allocation's tasks (or one, task) use now.");

    private static SessionRequest Bind(ApiRequest request) => new() { Kind = SessionKinds.AllocationStats, Task = request.Query("task") };
}

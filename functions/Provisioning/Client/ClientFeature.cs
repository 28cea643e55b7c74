using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;
using Saas.Provisioning.Agents;
using Saas.Provisioning.Client.Sessions;

namespace Saas.Provisioning.Client;

/// <summary>What is asked of agents through the sessions they poll for: one file an operation.</summary>
internal static class ClientFeature
{
    public static void AddClient(this IServiceCollection services)
    {
        services.AddSingleton<SessionSignals>();
        services.AddSingleton<SessionWatch>();
        services.AddSingleton<ClientSessions>();
        services.AddSingleton<PollSessionsHandler>();
        services.AddSingleton<PushFramesHandler>();
        services.AddSingleton<PullFramesHandler>();
    }

    public static void MapClient(this IRouteTable routes)
    {
        ListFiles.Map(routes);
        StatFile.Map(routes);
        CatFile.Map(routes);
        ReadFileAt.Map(routes);
        StreamFile.Map(routes);
        StreamLogs.Map(routes);
        ReadAllocationStats.Map(routes);
        ReadNodeStats.Map(routes);
        RestartAllocation.Map(routes);
        ExecInTask.Map(routes);
        SignalAllocation.Map(routes);
        CollectAllocation.Map(routes);
        CollectNode.Map(routes);
        PollSessions.Map(routes);
        PushFrames.Map(routes);
        PullFrames.Map(routes);
    }
}

using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Client;

/// <summary>What a task wrote to standard output or error.</summary>
internal static class StreamLogs
{
    public static void Map(IRouteTable routes) =>
        routes.MapClient("fs/logs", "", "allocations:logs", Bind, static request => request.Truth("plain", ClientRequests.Bad("plain")) is true ? AnswerForm.Plain : AnswerForm.Frames)
            .Summary("A task's output (type: stdout or stderr), from offset on (origin: start or end), in frames or plain; with follow as it comes.");

    private static SessionRequest Bind(ApiRequest request)
    {
        var task = request.Required("task", "must provide task name");
        var follow = request.Truth("follow", ClientRequests.Bad("follow")) ?? false;
        request.Truth("plain", ClientRequests.Bad("plain"));
        var type = request.Query("type");
        return type is "stdout" or "stderr"
            ? new SessionRequest
            {
                Kind = SessionKinds.Logs,
                Task = task,
                LogType = type,
                Follow = follow,
                Offset = request.Whole("offset", ClientRequests.Bad("offset")) ?? 0,
                FromEnd = request.FromEnd(),
            }
            : throw new ProblemException(NomadErrors.BadRequest("type", "must provide log type (stdout/stderr)"));
    }
}

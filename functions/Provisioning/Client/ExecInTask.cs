using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Audit;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Client.Sessions;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Client;

/// <summary>
/// Runs a command within a task, over a WebSocket. Every call has a record of its own in the audit log, with the task and the
/// program; its arguments may be secrets and are not in it.
/// </summary>
internal static class ExecInTask
{
    private const int MaxWords = 256;
    private const int MaxCommandLength = 16 * 1024;

    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/client/allocation/{allocationId}/exec", ClientRequests.OnAllocation("allocations:exec", Bind), HandleAsync)
            .Summary("A WebSocket to a command (a JSON array) that is run in a task of the allocation, with tty on a terminal.")
            .Produces(StatusCodes.Status101SwitchingProtocols)
            .Problems(StatusCodes.Status404NotFound)
            .Spooled();

    private static SessionRequest Bind(ApiRequest request) => new()
    {
        Kind = SessionKinds.Exec,
        Task = request.Query("task") ?? "",
        Command = CommandOf(request.Query("command") ?? ""),
        Tty = request.Truth("tty", static text => Problem.Invalid("tty", text).AsRefusal(text.Replace("failed to parse tty field to boolean", "tty value is not a boolean", StringComparison.Ordinal))) ?? false,
    };

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var (allocation, asked) = request.Call();
        request.AuditDetails = new AuditDetails(allocation.ProjectId, Request: Record(asked));
        if (!request.Http.WebSockets.IsWebSocketRequest)
        {
            return NomadErrors.BadRequest("upgrade", "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header");
        }

        // From here on refusals are said on the socket: Nomad's client shows the reason it was closed with.
        var socket = await ExecHandshake.AcceptAsync(request.Http);
        if (asked.Task is not { Length: > 0 })
        {
            return NomadErrors.BadRequest("task", "must provide task name");
        }

        if (asked.Command is not { Count: > 0 })
        {
            return NomadErrors.BadRequest("command", "command is not present");
        }

        var session = await request.Service<ClientSessions>().OpenAsync(request.Tenant, allocation.NodeId, asked, ct);
        return new ExecAnswer(session, socket, request);
    }

    /// <exception cref="ProblemException">Nomad's 500: it is no array of strings.</exception>
    private static IReadOnlyList<string> CommandOf(string text)
    {
        try
        {
            var words = text.Length > MaxCommandLength ? null : JsonSerializer.Deserialize(text, ProvisioningJson.Default.IReadOnlyListString);
            if (words is { Count: <= MaxWords } && words.All(static word => word is not null && !word.Contains('\0', StringComparison.Ordinal)))
            {
                return words;
            }
        }
        catch (JsonException)
        {
            throw Refused("expected an array of strings");
        }

        throw Refused($"expected at most {MaxWords} words and {MaxCommandLength} characters");

        static ProblemException Refused(string why) =>
            new(Problem.Invalid("command", why).AsRefusal($"failed to marshal command into json: {why}"));
    }

    private static ReadOnlyMemory<byte> Record(SessionRequest asked)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("arguments", Math.Max(0, asked.Command!.Count - 1));
            json.WriteString("program", asked.Command is [{ Length: <= 256 } program, ..] ? program : "");
            json.WriteString("task", asked.Task is { Length: <= 128 } task ? task : "");
            json.WriteBoolean("tty", asked.Tty);
            json.WriteEndObject();
        }

        return text.ToArray();
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Client;

namespace Saas.Provisioning.Nomad;

/// <summary>
/// What Nomad's HTTP API does otherwise than ours: an error is a status and a line of text, whoever has no good token is
/// answered 403, a body is JSON whatever its Content-Type (<c>curl --data</c>, Nomad's Go client), and a job's id may
/// bring its slashes unescaped. The agents' channel is ours, and whoever asks for problem documents gets them everywhere:
/// <c>Accept: application/problem+json</c>.
/// </summary>
internal sealed class NomadProtocol : IWireProtocol
{
    private static readonly HashSet<string> Ours = new(StringComparer.Ordinal)
    {
        AgentProtocol.EnrolPath, AgentProtocol.TokenPath, AgentProtocol.NodePath,
        AgentProtocol.AssignmentPath, AgentProtocol.AllocationsPath, AgentProtocol.UsagePath,
    };

    public void Prepare(HttpContext http)
    {
        var request = http.Request;
        if (IsOurs(request))
        {
            return;
        }

        request.Path = JobPaths.Escaped(request.Path.Value ?? "");
        if (!request.HasJsonContentType())
        {
            request.ContentType = "application/json";
        }
    }

    /// <summary>Browsers cannot send headers with a WebSocket: their credential is its first message.</summary>
    public ValueTask PrepareAsync(HttpContext http)
    {
        Prepare(http);
        return ExecHandshake.IsAskedFor(http) ? ExecHandshake.ReadAsync(http) : ValueTask.CompletedTask;
    }

    public IResult ErrorOf(Problem problem, HttpContext http)
    {
        if (ExecHandshake.SocketOf(http) is { } socket)
        {
            return new ClosedSocket(socket, problem.Peer ?? PeerOf(problem));
        }

        if (IsOurs(http.Request) || AsksForDocuments(http.Request))
        {
            return problem.Document;
        }

        var peer = problem.Peer ?? PeerOf(problem);
        return new NomadError(peer.Status, peer.Text, problem.RetryAfter);
    }

    private static bool IsOurs(HttpRequest request) =>
        request.Path.Value is { } path && (Ours.Contains(path) || path.StartsWith(AgentProtocol.SessionsPath, StringComparison.Ordinal));

    private static bool AsksForDocuments(HttpRequest request)
    {
        foreach (var accept in request.Headers.Accept)
        {
            if (accept?.Contains(Problem.MediaType, StringComparison.OrdinalIgnoreCase) is true)
            {
                return true;
            }
        }

        return false;
    }

    private static PeerError PeerOf(Problem problem) => problem.Name switch
    {
        "unauthenticated" => new(StatusCodes.Status403Forbidden, "Permission denied"),
        "credential-malformed" or "credential-unknown" or "credential-revoked" => new(StatusCodes.Status403Forbidden, "ACL token not found"),
        "credential-expired" => new(StatusCodes.Status403Forbidden, "ACL token expired"),
        "forbidden" or "tenant-suspended" => new(StatusCodes.Status403Forbidden, "Permission denied: " + (problem.Detail ?? problem.Title)),
        "method-not-allowed" => new(problem.Status, "Invalid method"),
        "invalid-request" when problem.Errors is { Count: > 0 } errors =>
            new(problem.Status, string.Join("; ", errors.Select(static e => e.Field.Length == 0 ? e.Message : $"{e.Field}: {e.Message}"))),
        _ => new(problem.Status, problem.Detail ?? problem.Title),
    };
}

/// <summary>An error as Nomad's clients expect it: text, for people.</summary>
internal sealed class NomadError(int status, string text, TimeSpan? retryAfter = null) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        if (retryAfter is { } after)
        {
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsync(text, httpContext.RequestAborted);
    }
}

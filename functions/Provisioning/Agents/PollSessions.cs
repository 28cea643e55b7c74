using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Sessions;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Client.Sessions;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>
/// The sessions that clients have with the node, as a blocking query: the answer comes as soon as they are others than the
/// agent has seen, else after the wait. Always all of them, so an answer that is lost or repeated does no harm.
/// </summary>
internal static class PollSessions
{
    public const int MaxWaitSeconds = 60;

    public static void Map(IRouteTable routes) =>
        routes.MapAgent("GET", AgentProtocol.SessionsPath, "sessions", HandleAsync)
            .Summary("The node's open sessions; with mark and wait (0 to 60 seconds) a long poll for others.")
            .Produces(StatusCodes.Status200OK, AgentJson.Default.OpenSessions);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var wait = TimeSpan.FromSeconds(Number(request, "wait", MaxWaitSeconds));
        var open = await request.Service<PollSessionsHandler>().HandleAsync(request.Tenant, request.Principal.Id, request.Query("mark") ?? "", wait, ct);
        return Results.Json(open, AgentJson.Default.OpenSessions);
    }

    /// <exception cref="ProblemException">400: not a whole number within the bounds.</exception>
    public static long Number(ApiRequest request, string name, long max)
    {
        if (request.Query(name) is not { Length: > 0 } text)
        {
            return 0;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new ProblemException(Problem.Invalid(name, $"Expected a whole number from 0 to {max}."));
    }
}

/// <summary>Waits as <see cref="PollAssignmentHandler"/> does: without a thread, and looking together with its tenant's other agents.</summary>
internal sealed class PollSessionsHandler(SessionSignals signals, SessionWatch watch, ProvisioningOptions options, TimeProvider time)
{
    public async Task<OpenSessions> HandleAsync(TenantScope tenant, string nodeId, string mark, TimeSpan wait, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        using var listener = signals.Join(SessionSignals.Node(nodeId));
        using var watching = watch.Join(tenant);
        while (true)
        {
            // Before the rows: what changes while they are read is noticed.
            var seen = wait > TimeSpan.Zero ? await watching.MarkAsync(nodeId, ct) : "";
            var open = await ListAsync(tenant, nodeId, ct);
            if (open.Mark != mark)
            {
                return open;
            }

            do
            {
                var left = wait - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                {
                    return open;
                }

                if (await listener.WaitAsync(left < options.AssignmentRecheck ? left : options.AssignmentRecheck, ct))
                {
                    break;
                }
            }
            while (await watching.MarkAsync(nodeId, ct) == seen);
        }
    }

    private async Task<OpenSessions> ListAsync(TenantScope tenant, string nodeId, CancellationToken ct)
    {
        var (open, ids, now) = (new List<OpenSession>(), new StringBuilder(), time.GetUtcNow());
        await foreach (var row in tenant.SessionsOf().ReadAllAsync(
            RowRange.Prefix(SessionRows.Row(nodeId, "")), ClusterJson.Default.SessionRecord, ct))
        {
            // Without progress it is not yet open, or being closed.
            if (row.Value.LeaseUntil <= now || (await tenant.FramesOf(row.Value.Id).ProgressAsync(ct))?.Value is not { } progress)
            {
                continue;
            }

            ids.Append(row.Value.Id);
            if (!progress.Ended)
            {
                open.Add(new OpenSession(row.Value.Id, row.Value.Request, progress.Last, progress.Resume, progress.Run));
            }
        }

        return new OpenSessions(ids.Length == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(ids.ToString())))[..16], open);
    }
}

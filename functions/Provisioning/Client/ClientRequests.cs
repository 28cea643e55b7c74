using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Client.Sessions;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Client;

/// <summary>What is asked of an allocation's node, once it is bound and the allocation found.</summary>
internal sealed record AllocationCall(AllocationView Allocation, SessionRequest Request);

/// <summary>
/// Nomad's client endpoints: what only the agent of an allocation's node, or of a node, can answer. Parameters are bound before
/// the allocation is looked up, because Nomad refuses bad ones first.
/// </summary>
internal static class ClientRequests
{
    /// <param name="bind">What the agent is asked; throws what Nomad's HTTP layer refuses.</param>
    public static RouteAccess OnAllocation(string action, Func<ApiRequest, SessionRequest> bind) => RouteAccess.Requires(action, async (request, ct) =>
    {
        var (id, asked) = (request.Route("allocationId"), bind(request));
        var view = await request.Service<AllocationReader>().FindAsync(request.Tenant, id, ct) ?? throw SessionProblems.UnknownAllocation(id);
        request.Found = new AllocationCall(view, asked with { AllocationId = view.Id });
        return ResourceNames.Job(view.ProjectId, view.JobId);
    });

    /// <summary>The call, as <see cref="OnAllocation"/> bound it.</summary>
    public static AllocationCall Call(this ApiRequest request) => (AllocationCall)request.Found!;

    /// <summary>A node that the query names: Nomad's servers are no clients themselves.</summary>
    public static RouteAccess OnNode(string action) => RouteAccess.Requires(action, static request => ResourceNames.Node(NodeId(request)));

    public static string NodeId(ApiRequest request) => request.Required("node_id", "No local Node and node_id not provided");

    /// <summary>A GET that the agent answers.</summary>
    /// <param name="what">Before the allocation's id.</param>
    /// <param name="more">Behind it.</param>
    public static IRoute MapClient(
        this IRouteTable routes, string what, string more, string action, Func<ApiRequest, SessionRequest> bind, Func<ApiRequest, AnswerForm> form) =>
        routes.Map("GET", $"/v1/client/{what}/{{allocationId}}{more}", OnAllocation(action, bind), async (request, ct) =>
            {
                var call = request.Call();
                return await AskAsync(request, call.Allocation.NodeId, call.Request, form(request), ct);
            })
            .Produces(StatusCodes.Status200OK)
            .Problems(StatusCodes.Status404NotFound);

    /// <summary>Asks the node's agent; the answer begins with its first frame.</summary>
    public static async Task<IResult> AskAsync(ApiRequest request, string nodeId, SessionRequest asked, AnswerForm form, CancellationToken ct)
    {
        var session = await request.Service<ClientSessions>().OpenAsync(request.Tenant, nodeId, asked, ct);
        SessionFrame? first = null;
        try
        {
            first = await session.NextAsync(ct);
            if (first.End is { Status: not StatusCodes.Status200OK } end)
            {
                return SessionProblems.Of(end.Status, end.Error ?? "");
            }
        }
        finally
        {
            if (first is null or { End: not null })
            {
                await session.DisposeAsync();
            }
        }

        return new SessionAnswer(session, first, form, request);
    }

    /// <summary>Has the node's agent do something, and waits until it has.</summary>
    /// <param name="answer">Null: nothing is to be said.</param>
    public static async Task<IResult> DoAsync(ApiRequest request, string nodeId, SessionRequest asked, GenericResponse? answer, CancellationToken ct)
    {
        await using var session = await request.Service<ClientSessions>().OpenAsync(request.Tenant, nodeId, asked, ct);
        while (true)
        {
            if ((await session.NextAsync(ct)).End is not { } end)
            {
                continue;
            }

            return end.Status != StatusCodes.Status200OK ? SessionProblems.Of(end.Status, end.Error ?? "")
                : answer is null ? Results.Ok()
                : NomadResponses.Ok(request, answer, ProvisioningJson.Default.GenericResponse, 0);
        }
    }

    /// <exception cref="ProblemException">Nomad's 400: absent or empty.</exception>
    public static string Required(this ApiRequest request, string name, string otherwise) =>
        request.Query(name) is { Length: > 0 } text ? text : throw new ProblemException(NomadErrors.BadRequest(name, otherwise));

    /// <summary>True: an offset counts back from the end.</summary>
    /// <exception cref="ProblemException">Nomad's 400: neither start nor end.</exception>
    public static bool FromEnd(this ApiRequest request) => request.Query("origin") switch
    {
        null or "" or "start" => false,
        "end" => true,
        _ => throw new ProblemException(NomadErrors.BadRequest("origin", "origin must be start or end")),
    };

    /// <summary>As Go reads one; null: absent or empty.</summary>
    /// <param name="refuse">Says what stands before Go's words.</param>
    public static long? Whole(this ApiRequest request, string name, Func<string, Problem> refuse) => request.Query(name) switch
    {
        null or "" => null,
        var text => long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ProblemException(refuse($"error parsing {name}: strconv.ParseInt: parsing \"{Cut(text)}\": invalid syntax")),
    };

    /// <summary>As Go reads one; null: absent or empty.</summary>
    public static bool? Truth(this ApiRequest request, string name, Func<string, Problem> refuse) => request.Query(name) switch
    {
        null or "" => null,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        var text => throw new ProblemException(refuse($"failed to parse {name} field to boolean: strconv.ParseBool: parsing \"{Cut(text)}\": invalid syntax")),
    };

    /// <summary>What Nomad's HTTP layer refuses as if it were a fault of its own.</summary>
    public static Func<string, Problem> Refused(string name) => text => Problem.Invalid(name, text).AsRefusal(text);

    public static Func<string, Problem> Bad(string name) => text => NomadErrors.BadRequest(name, text);

    private static string Cut(string text) => text.Length > 64 ? text[..64] : text;
}

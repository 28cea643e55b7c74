using System.Net;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Audit;
using Saas.Hosting.Idempotency;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;
using Saas.Hosting.Telemetry;
using Saas.Identity.Access;
using Saas.Storage.Tables;

namespace Saas.Hosting.Pipeline;

/// <summary>
/// A call that may change something: run at most once per Idempotency-Key, entered in the audit log before it is
/// answered. After a crash in between, the change may stand without its entry or its stored answer; a repetition with
/// the key then runs again once the claim is over, which handlers bear as they bear any repetition.
/// </summary>
internal sealed class ChangingCall(ApiRoute route, PipelineParts parts)
{
    public async Task RunAsync(ApiRequest request, IPAddress address)
    {
        var http = request.Http;
        if (!HttpMethods.IsPost(route.Method) || KeyOf(request) is not { } key)
        {
            var result = await HandleAsync(request, address);
            await result.ExecuteAsync(http);
            return;
        }

        var body = await BufferedBody.ReadAsync(http.Request, http.RequestAborted);
        switch (await parts.Idempotency.ClaimAsync(RowsOf(request), key, key.Fingerprint(http.Request, body), http.RequestAborted))
        {
            case ClaimResult.Claimed claimed:
                await RunClaimedAsync(request, address, claimed.Claim);
                break;
            case ClaimResult.Replay replay:
                HostingTelemetry.Replayed();
                CountRepetition(request);
                await replay.Response.WriteAsync(http, isReplay: true);
                break;
            case ClaimResult.Running running:
                await IdempotencyProblems.Running(running.Left).ExecuteAsync(http);
                break;
            case ClaimResult.OtherRequest:
                await IdempotencyProblems.OtherRequest().ExecuteAsync(http);
                break;
        }
    }

    private async Task RunClaimedAsync(ApiRequest request, IPAddress address, Claim claim)
    {
        StoredResponse? response = null;
        try
        {
            var result = await HandleAsync(request, address);
            response = await StoredResponse.CaptureAsync(request.Http, result);
        }
        finally
        {
            if (response is not { IsSuccess: true })
            {
                // What was refused may be mended and sent again with the same key; what failed may be tried again.
                await IdempotencyStore.ReleaseAsync(claim);
            }
        }

        if (response.IsSuccess)
        {
            await IdempotencyStore.CompleteAsync(claim, response);
        }

        await response.WriteAsync(request.Http, isReplay: false);
    }

    /// <summary>The handler's answer, or the problem it ended in; entered in the log either way.</summary>
    private async Task<IResult> HandleAsync(ApiRequest request, IPAddress address)
    {
        IResult result;
        try
        {
            result = await route.Handler(request, request.Http.RequestAborted);
        }
        catch (Exception e)
        {
            // Whoever hangs up before the answer may have changed something all the same: that is recorded too.
            result = Failures.IsClientGone(e, request.Http) ? Failures.ClientGone : Failures.ToProblem(e, parts.Logger);
        }

        if (!route.Access.IsPublic || request.Actor is not null)
        {
            var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
            await parts.Audit.AppendAsync(request.Tenant, AuditEvents.Of(route, request, address, AuditKinds.Call, status));
        }

        return result;
    }

    private IdempotencyKey? KeyOf(ApiRequest request)
    {
        if (route.Access.IsPublic)
        {
            return IdempotencyKey.Of(request.Http.Request, "public", "");
        }

        // An agent's access token changes every few minutes and cannot be part of what must stay the same.
        var secret = request.Principal.Kind == PrincipalKind.ApiKey ? Credentials.Of(request.Http.Request)! : request.Principal.Id;
        return IdempotencyKey.Of(request.Http.Request, request.Principal.Id, secret);
    }

    private TablePartition RowsOf(ApiRequest request) =>
        route.Access.IsPublic ? parts.PublicRows.Idempotency : request.Tenant.Partition(PipelineParts.IdempotencyTable);

    private void CountRepetition(ApiRequest request)
    {
        if (!route.Access.IsPublic)
        {
            parts.AllowedCalls.Count(request.Principal, route.Access.Action!, together: false);
        }
    }
}

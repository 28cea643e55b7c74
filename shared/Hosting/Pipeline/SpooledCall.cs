using System.Net;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Audit;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;

namespace Saas.Hosting.Pipeline;

/// <summary>
/// A call with a record of its own in the audit log, reading or changing, without waiting for the store: the record is
/// in the spool before the answer leaves, and a call that cannot be recorded is not answered with what it asked for.
/// Such routes have no Idempotency-Key: the protocols they belong to know none.
/// </summary>
internal sealed class SpooledCall(ApiRoute route, PipelineParts parts)
{
    public async Task RunAsync(ApiRequest request, IPAddress address)
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
            parts.Spool.Append(request.Tenant.Tenant, AuditEvents.Of(route, request, address, AuditKinds.Call, status));
        }

        await result.ExecuteAsync(request.Http);
    }
}

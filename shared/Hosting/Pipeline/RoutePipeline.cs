using System.Net;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Audit;
using Saas.Hosting.Limits;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;
using Saas.Hosting.Telemetry;
using Saas.Identity.Access;

namespace Saas.Hosting.Pipeline;

/// <summary>
/// What happens to a request of one route. The order matters: the cheapest refusals first (address, size), then who it
/// is, then how much the tenant may ask, then whether it may; only what is left costs the tenant a call and us work.
/// </summary>
internal sealed class RoutePipeline(ApiRoute route, PipelineParts parts)
{
    private readonly ChangingCall _changing = new(route, parts);
    private readonly SpooledCall _spooled = new(route, parts);

    public Task InvokeAsync(HttpContext http)
    {
        if (route.IsInternal)
        {
            return AnswerAsync(http, new ApiRequest(http, null, null));
        }

        var address = parts.Addresses.Of(http);
        if ((parts.Limits.ForAddress(route, address) ?? BodyLimit.Apply(http, route.BodyLimitBytes)) is { } refusal)
        {
            return RefuseAsync(http, refusal);
        }

        return route.Access.Action is { } action ? AuthenticateAsync(http, action, address) : RunAsync(http, new(http, null, null), address);
    }

    private async Task AuthenticateAsync(HttpContext http, string action, IPAddress address)
    {
        if (Credentials.Of(http.Request) is not { } credential)
        {
            Challenge(http, "Bearer");
            await RefuseAsync(http, AuthenticationProblems.Missing);
            return;
        }

        var found = await parts.Authenticator.AuthenticateAsync(credential, http.RequestAborted);
        if (found.Principal is not { } principal)
        {
            await RefuseAsync(http, Rejected(http, found.Failure, address));
            return;
        }

        if (route.IsMetered)
        {
            if (parts.Limits.ForTenant(principal) is { } excess)
            {
                await RefuseAsync(http, excess);
                return;
            }

            parts.Meter.Count(principal.Tenant, Meters.ApiCalls, null, 1);
        }

        await AuthorizeAsync(new ApiRequest(http, principal, parts.Tenants.For(principal.Tenant)), action, address);
    }

    private Problem Rejected(HttpContext http, AuthenticationFailure failure, IPAddress address)
    {
        var problem = parts.Limits.ForFailedCredential(address) ?? AuthenticationProblems.Of(failure);
        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            Challenge(http, "Bearer error=\"invalid_token\"");
        }

        return problem;
    }

    /// <summary>A socket whose credential is its first message has had its answer's head by then.</summary>
    private static void Challenge(HttpContext http, string challenge)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.Headers.WWWAuthenticate = challenge;
        }
    }

    private async Task AuthorizeAsync(ApiRequest request, string action, IPAddress address)
    {
        var resource = await route.Access.Resource!(request, request.Http.RequestAborted);
        request.Resource = resource;
        action = route.Access.ActionOf?.Invoke(request) ?? action;
        if (await MayAsync(request, action, resource))
        {
            await RunAsync(request.Http, request, address);
            return;
        }

        var problem = AuthenticationProblems.Forbidden(action);
        var record = AuditEvents.Of(route, request, address, AuditKinds.Denied, problem.Status);
        if (route.IsSpooled)
        {
            parts.Spool.Append(request.Tenant.Tenant, record);
        }
        else
        {
            await parts.Audit.AppendAsync(request.Tenant, record);
        }

        await RefuseAsync(request.Http, problem);
    }

    private async ValueTask<bool> MayAsync(ApiRequest request, string action, string resource)
    {
        var decision = parts.Authorizer.Decide(request.Principal, action, resource);
        return decision.IsAllowed
            || (decision.Reason == AccessReason.NothingAllows
                && route.Access.Other is { Action: { } other, Resource: { } ofOther }
                && parts.Authorizer.Decide(request.Principal, other, await ofOther(request, request.Http.RequestAborted)).IsAllowed);
    }

    private Task RunAsync(HttpContext http, ApiRequest request, IPAddress address)
    {
        if (route.IsSpooled)
        {
            return _spooled.RunAsync(request, address);
        }

        if (route.IsMutating && (route.IsMetered || route.Access.IsPublic))
        {
            return _changing.RunAsync(request, address);
        }

        if (!route.Access.IsPublic)
        {
            parts.AllowedCalls.Count(request.Principal, route.Access.Action!, together: !route.IsMetered);
        }

        return AnswerAsync(http, request);
    }

    private async Task AnswerAsync(HttpContext http, ApiRequest request)
    {
        var result = await route.Handler(request, http.RequestAborted);
        await result.ExecuteAsync(http);
    }

    private static Task RefuseAsync(HttpContext http, Problem problem)
    {
        HostingTelemetry.Refused(problem.Name);
        return problem.ExecuteAsync(http);
    }
}

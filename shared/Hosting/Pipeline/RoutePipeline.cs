using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;
using Saas.Identity.Access;
using Saas.Storage;

namespace Saas.Hosting.Pipeline;

/// <summary>What happens to a request of one route, in order: authenticate, authorize, handle, answer.</summary>
internal sealed class RoutePipeline(
    ApiRoute route, ICredentialAuthenticator authenticator, Authorizer authorizer, TenantScopes scopes)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = route.BodyLimitBytes;
        }

        if (http.Request.ContentLength > route.BodyLimitBytes)
        {
            throw new ProblemException(Problem.TooLarge());
        }

        var request = await AuthorizeAsync(http);
        var result = await route.Handler(request, http.RequestAborted);
        await result.ExecuteAsync(http);
    }

    private async Task<ApiRequest> AuthorizeAsync(HttpContext http)
    {
        if (route.Access.Action is not { } action)
        {
            return new ApiRequest(http, null, null);
        }

        if (Credentials.Of(http.Request) is not { } credential)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            throw new ProblemException(Problem.Of("unauthenticated", "A credential is required.", 401));
        }

        var found = await authenticator.AuthenticateAsync(credential, http.RequestAborted);
        if (found.Principal is not { } principal)
        {
            var problem = AuthenticationProblems.Of(found.Failure);
            if (problem.Status == StatusCodes.Status401Unauthorized)
            {
                http.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            }

            throw new ProblemException(problem);
        }

        var request = new ApiRequest(http, principal, scopes.For(principal.Tenant));
        var resource = await route.Access.Resource!(request, http.RequestAborted);
        if (!authorizer.Decide(principal, action, resource).IsAllowed)
        {
            throw new ProblemException(
                Problem.Of("forbidden", "The credential does not permit this.", 403, $"It does not permit {action}."));
        }

        return request;
    }
}

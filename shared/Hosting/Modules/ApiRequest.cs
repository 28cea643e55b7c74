using System.Text.Json.Serialization.Metadata;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Audit;
using Saas.Hosting.Json;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Storage;

namespace Saas.Hosting.Modules;

/// <summary>One request as handlers see it: the tenant, the caller, and typed access to what was sent.</summary>
public sealed class ApiRequest(HttpContext http, Principal? principal, TenantScope? tenant)
{
    private TenantScope? _tenant = tenant;

    public HttpContext Http => http;

    /// <exception cref="InvalidOperationException">The route is public.</exception>
    public Principal Principal => principal ?? throw new InvalidOperationException("A public route has no principal.");

    /// <summary>The caller's tenant.</summary>
    /// <exception cref="InvalidOperationException">The route is public.</exception>
    public TenantScope Tenant => _tenant ?? throw new InvalidOperationException("A public route has no tenant.");

    /// <summary>False on a public route until <see cref="ActsFor"/> has named one.</summary>
    public bool HasTenant => _tenant is not null;

    /// <summary>What the route's access function looked up, for its handler: the module's own.</summary>
    public object? Found { get; set; }

    /// <summary>What the audit log says of the call beside who called what.</summary>
    public AuditDetails AuditDetails { get; set; }

    /// <summary>What authorization was decided on, or what a public route acted on.</summary>
    internal string? Resource { get; set; }

    /// <summary>Who a public route found the caller to be.</summary>
    internal string? Actor { get; private set; }

    /// <summary>
    /// For a public route that changes something of a tenant: whose audit log the call is entered in. Call it once it is
    /// known, before answering.
    /// </summary>
    /// <param name="actor">Who did it: the new tenant's id, a node id, <c>operator</c>.</param>
    /// <param name="resource">What it acted on, named as policies name it.</param>
    /// <exception cref="InvalidOperationException">The route is not public: its principal is the actor.</exception>
    public void ActsFor(TenantScope tenant, string actor, string resource)
    {
        if (principal is not null)
        {
            throw new InvalidOperationException("The route is not public: the log names its principal.");
        }

        (_tenant, Actor, Resource) = (tenant, actor, resource);
    }

    /// <summary>A value of the route pattern.</summary>
    public string Route(string name) =>
        http.Request.RouteValues[name] as string ?? throw new InvalidOperationException($"The route has no {name}.");

    /// <summary>The first value of a query parameter, or null.</summary>
    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var values) ? values[0] : null;

    public T Service<T>()
        where T : notnull => http.RequestServices.GetRequiredService<T>();

    /// <summary>The body, read strictly and validated.</summary>
    /// <exception cref="ProblemException">400: not JSON, an unknown field, a wrong type, or refused by the validator;
    /// 413: too large; 415: not JSON by its Content-Type.</exception>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type, IValidator<T>? validator, CancellationToken ct)
        where T : class
    {
        var value = await JsonBody.ReadAsync(http.Request, type, ct);
        if (validator is not null)
        {
            var result = await validator.ValidateAsync(value, ct);
            if (!result.IsValid)
            {
                throw new ProblemException(Problem.Invalid(result.Errors.Select(
                    e => new FieldError(WireName.Of(e.PropertyName, type.Options), e.ErrorMessage))));
            }
        }

        return value;
    }
}

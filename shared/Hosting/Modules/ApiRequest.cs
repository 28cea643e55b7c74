using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Storage;

namespace Saas.Hosting.Modules;

/// <summary>One request as handlers see it: the tenant, the caller, and typed access to what was sent.</summary>
public sealed class ApiRequest(HttpContext http, Principal? principal, TenantScope? tenant)
{
    public HttpContext Http => http;

    /// <exception cref="InvalidOperationException">The route is public.</exception>
    public Principal Principal => principal ?? throw new InvalidOperationException("A public route has no principal.");

    /// <summary>The caller's tenant.</summary>
    /// <exception cref="InvalidOperationException">The route is public.</exception>
    public TenantScope Tenant => tenant ?? throw new InvalidOperationException("A public route has no tenant.");

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
                throw new ProblemException(Problem.Invalid(result.Errors.Select(e => new FieldError(e.PropertyName, e.ErrorMessage))));
            }
        }

        return value;
    }
}

internal static class JsonBody
{
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw new ProblemException(Problem.UnsupportedMediaType(request.ContentType));
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, ct)
                ?? throw new ProblemException(Problem.Invalid([new FieldError("", "Expected a JSON object; null came.")]));
        }
        catch (JsonException e)
        {
            throw new ProblemException(Problem.Invalid([new FieldError(e.Path ?? "", e.Message)]));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ProblemException(Problem.TooLarge());
        }
    }
}

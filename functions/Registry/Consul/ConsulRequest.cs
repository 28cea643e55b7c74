using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Domains;
using Saas.Registry.Log;
using Saas.Registry.State;
using Saas.Storage;

namespace Saas.Registry.Consul;

/// <summary>One call, with the domain it means.</summary>
internal sealed class ConsulRequest(ApiRequest api, Domain domain)
{
    public ApiRequest Api => api;
    public Domain Domain => domain;
    public Replica Replica => domain.Replica;
    public TenantScope Tenant => api.Tenant;

    public string Route(string name) => api.Http.Request.RouteValues[name] as string ?? "";

    /// <summary>The first value, or null where the parameter is not there.</summary>
    public string? Query(string name) => api.Query(name);

    public IReadOnlyList<string> QueryAll(string name) =>
        api.Http.Request.Query.TryGetValue(name, out var values) ? [.. values.OfType<string>()] : [];

    /// <summary>A flag is set by being there: <c>?passing</c>, <c>?passing=1</c>; <c>=false</c> and <c>=0</c> unset it.</summary>
    public bool Flag(string name) => Query(name) is { } value && value is not ("false" or "0");

    public T Service<T>()
        where T : notnull => api.Service<T>();

    /// <summary>Runs a command: see <see cref="Replica.ExecuteAsync"/>.</summary>
    public Task<T> ExecuteAsync<T>(Func<Draft, T> command) => Replica.ExecuteAsync(command);

    /// <summary>The state with every acknowledged write in it.</summary>
    public ValueTask<RegistryState> ReadAsync(CancellationToken ct) => Replica.ReadAsync(ct);

    /// <summary>The raw body, at most as long as the route allows.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> BodyAsync(CancellationToken ct)
    {
        var reader = api.Http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The body as JSON of that type. Members are found without regard to case, as Go does it.</summary>
    /// <exception cref="RegistryException">400: <c>Request decode failed: …</c></exception>
    public async ValueTask<T> ReadJsonAsync<T>(JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        var body = await BodyAsync(ct);
        try
        {
            return body.IsEmpty ? throw RegistryException.BadRequest("Request decode failed: EOF") : JsonSerializer.Deserialize(body.Span, type)
                ?? throw RegistryException.BadRequest("Request decode failed: expected an object; null came");
        }
        catch (JsonException e)
        {
            throw RegistryException.BadRequest($"Request decode failed: at {e.Path ?? "$"}, line {e.LineNumber + 1}: {Reason(e)}");
        }
    }

    /// <summary>The serializer's own text without what it appends of positions, and without values.</summary>
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}

using Saas.Discovery.Filter;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Wire;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Http;

/// <summary><c>/v1/agent/service/…</c>, <c>/v1/agent/services</c>.</summary>
internal sealed class ServiceEndpoints(LocalRegistryHost registry, RegistryFlush flush, TimeProvider time)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    public async Task RegisterAsync(ApiCall call, CancellationToken ct)
    {
        using var body = await call.ReadJsonAsync(ct);
        var (service, checks) = ServiceBody.Read(body.RootElement, registry.Options.EnableScriptChecks, out var project);
        var ns = call.Project(project);
        var replace = call.Query("replace-existing-checks") is "" or "true";
        Refuse(registry.Store.Register(ns, new LocalService(service), checks, replace), service.ID);
        await flush.WaitAsync(ns, ct);
    }

    public async Task DeregisterAsync(ApiCall call, CancellationToken ct)
    {
        var ns = call.Project();
        Refuse(registry.Store.Deregister(ns, call.Id), call.Id);
        await flush.WaitAsync(ns, ct);
    }

    public Task ListAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ParseFilter(call, ServiceFields.Instance);
        var services = registry.Store.Project(call.Project()).Services.Values.Where(s => filter.Matches(s.Instance));
        return call.AnswerAsync(
            json =>
            {
                json.WriteStartObject();
                foreach (var service in services)
                {
                    json.WritePropertyName(service.Instance.ID);
                    AgentServiceJson.Write(json, service.Instance, registry.Views.LocalDatacenter);
                }

                json.WriteEndObject();
            },
            ct);
    }

    /// <summary>One service; with <c>hash</c>, once it is another than the one with that hash.</summary>
    public async Task GetAsync(ApiCall call, CancellationToken ct)
    {
        var ns = call.Project();
        var (hash, wait) = (call.Query("hash") ?? "", WaitOf(call));
        var started = time.GetTimestamp();
        while (true)
        {
            var changed = registry.Store.Changed.Next;
            if (!registry.Store.Project(ns).Services.TryGetValue(call.Id, out var service))
            {
                throw ApiRefusal.NotFound($"unknown service ID: {call.Id}");
            }

            var current = AgentJson.HashOf(service.Instance);
            var left = wait - time.GetElapsedTime(started);
            if (hash.Length == 0 || hash != current || left <= TimeSpan.Zero)
            {
                call.Http.Response.Headers["X-Consul-ContentHash"] = current;
                await call.AnswerAsync(json => AgentJson.WriteService(json, service.Instance, registry.Views.LocalDatacenter, current), ct);
                return;
            }

            await changed.AtMostAsync(left, time, ct);
        }
    }

    public async Task MaintainAsync(ApiCall call, CancellationToken ct)
    {
        if (call.Id.Length == 0)
        {
            throw ApiRefusal.BadRequest("Missing service ID");
        }

        var ns = call.Project();
        Refuse(registry.Store.SetServiceMaintenance(ns, call.Id, EnableOf(call), call.Query("reason") ?? ""), call.Id);
        await flush.WaitAsync(ns, ct);
    }

    public async Task MaintainNodeAsync(ApiCall call, CancellationToken ct)
    {
        Refuse(registry.Store.SetNodeMaintenance(EnableOf(call), call.Query("reason") ?? ""), "");
        await flush.WaitAsync(RegistrationStore.DefaultProject, ct);
    }

    /// <exception cref="ApiRefusal">Not done.</exception>
    public static void Refuse(RegistrationOutcome outcome, string id)
    {
        switch (outcome)
        {
            case RegistrationOutcome.Done:
                return;
            case RegistrationOutcome.NoSuchService:
                throw ApiRefusal.NotFound($"Unknown service ID \"{id}\". Ensure that the service ID is passed, not the service name.");
            case RegistrationOutcome.NoSuchCheck:
                throw ApiRefusal.NotFound($"Unknown check ID \"{id}\". Ensure that the check ID is passed, not the check name.");
            case RegistrationOutcome.NotTtl:
                throw ApiRefusal.Internal($"CheckID \"{id}\" does not have associated TTL");
            case RegistrationOutcome.TooMany:
                throw new ApiRefusal(429, "This agent holds as many projects, services and checks as it may");
            default:
                throw new InvalidOperationException($"No such outcome: {outcome}");
        }
    }

    /// <exception cref="ApiRefusal"/>
    public static FilterExpression<T> ParseFilter<T>(ApiCall call, IFilterFields<T> fields)
    {
        try
        {
            return FilterExpression<T>.Parse(call.Query("filter") ?? "", fields);
        }
        catch (FilterException e)
        {
            throw ApiRefusal.BadRequest(e.Message);
        }
    }

    private static bool EnableOf(ApiCall call) => call.Query("enable") switch
    {
        null => throw ApiRefusal.BadRequest("Missing value for enable"),
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        var other => throw ApiRefusal.BadRequest($"Invalid value for enable: \"{other}\""),
    };

    private static TimeSpan WaitOf(ApiCall call)
    {
        if (call.Query("wait") is not { Length: > 0 } text)
        {
            return DefaultWait;
        }

        var wait = GoDuration.Parse(text, out var fault);
        return fault is not null ? throw ApiRefusal.BadRequest("Invalid wait time") : wait <= TimeSpan.Zero ? DefaultWait : wait < LongestWait ? wait : LongestWait;
    }
}

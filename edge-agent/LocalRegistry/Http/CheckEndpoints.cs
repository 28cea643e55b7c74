using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Model;
using Saas.Discovery.Wire;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Http;

/// <summary><c>/v1/agent/check/…</c>, <c>/v1/agent/checks</c>.</summary>
internal sealed class CheckEndpoints(LocalRegistryHost registry, RegistryFlush flush)
{
    public async Task RegisterAsync(ApiCall call, CancellationToken ct)
    {
        using var body = await call.ReadJsonAsync(ct);
        var check = CheckBody.Read(new BodyFields(body.RootElement, "CheckDefinition"), out var project);
        if (check.Name.Length == 0)
        {
            throw ApiRefusal.BadRequest("Missing check name");
        }

        CheckBody.Validate(check, registry.Options.EnableScriptChecks, "Bad check status");
        check = check with { Id = check.Id.Length > 0 ? check.Id : check.Name.Length <= CheckBody.MaxIdLength ? check.Name : check.Name[..CheckBody.MaxIdLength] };
        var ns = call.Project(project);
        if (check.ServiceId.Length > 0 && !registry.Store.Project(ns).Services.ContainsKey(check.ServiceId))
        {
            throw ApiRefusal.Internal($"ServiceID \"{check.ServiceId}\" does not exist");
        }

        ServiceEndpoints.Refuse(registry.Store.RegisterCheck(ns, check), check.ServiceId);
        await flush.WaitAsync(ns, ct);
    }

    public async Task DeregisterAsync(ApiCall call, CancellationToken ct)
    {
        var ns = call.Project();
        ServiceEndpoints.Refuse(registry.Store.DeregisterCheck(ns, call.Id), call.Id);
        await flush.WaitAsync(ns, ct);
    }

    public Task PassAsync(ApiCall call, CancellationToken ct) => HearAsync(call, HealthStatus.Passing, call.Query("note") ?? "", ct);

    public Task WarnAsync(ApiCall call, CancellationToken ct) => HearAsync(call, HealthStatus.Warning, call.Query("note") ?? "", ct);

    public Task FailAsync(ApiCall call, CancellationToken ct) => HearAsync(call, HealthStatus.Critical, call.Query("note") ?? "", ct);

    public async Task UpdateAsync(ApiCall call, CancellationToken ct)
    {
        using var json = await call.ReadJsonAsync(ct);
        var body = new BodyFields(json.RootElement, "checkUpdate");
        var (status, output) = (body.Text("Status"), body.Text("Output"));
        body.RefuseRest();
        if (!HealthStatus.IsStatus(status))
        {
            throw ApiRefusal.BadRequest($"Invalid check status: '{status}'");
        }

        await HearAsync(call, status, output, ct);
    }

    public Task ListAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, CheckFields.Instance);
        var project = registry.Store.Project(call.Project());
        var checks = project.Checks.Values.Select(c => project.ToHealthCheck(c, registry.Options.NodeName)).Where(filter.Matches);
        return call.AnswerAsync(
            json =>
            {
                json.WriteStartObject();
                foreach (var check in checks)
                {
                    json.WritePropertyName(check.CheckID);
                    HealthJson.WriteCheck(json, check);
                }

                json.WriteEndObject();
            },
            ct);
    }

    private async Task HearAsync(ApiCall call, string status, string output, CancellationToken ct)
    {
        var ns = call.Project();
        ServiceEndpoints.Refuse(registry.Store.Hear(ns, call.Id, new CheckResult(status, output)), call.Id);
        await flush.WaitAsync(ns, ct);
    }
}

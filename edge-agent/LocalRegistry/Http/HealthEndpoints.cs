using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Discovery.Model;
using Saas.Discovery.Wire;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Http;

/// <summary><c>/v1/agent/health/service/…</c>: whether services here are well, by the answer's status, for load balancers.</summary>
internal sealed class HealthEndpoints(LocalRegistryHost registry)
{
    public Task ByIdAsync(ApiCall call, CancellationToken ct)
    {
        if (call.Id.Length == 0)
        {
            throw ApiRefusal.BadRequest("Missing serviceID");
        }

        var project = registry.Store.Project(call.Project());
        if (!project.Services.TryGetValue(call.Id, out var service))
        {
            return WantsText(call)
                ? call.AnswerTextAsync(StatusCodes.Status404NotFound, $"ServiceId {call.Id} not found", ct)
                : call.AnswerAsync(StatusCodes.Status404NotFound, json => Write(json, HealthStatus.Critical, null, null), ct);
        }

        var health = HealthOf(project, service);
        return WantsText(call)
            ? call.AnswerTextAsync(CodeOf(health.Status), health.Status, ct)
            : call.AnswerAsync(CodeOf(health.Status), json => Write(json, health.Status, service, health.Checks), ct);
    }

    public Task ByNameAsync(ApiCall call, CancellationToken ct)
    {
        if (call.Id.Length == 0)
        {
            throw ApiRefusal.BadRequest("Missing service Name");
        }

        var project = registry.Store.Project(call.Project());
        var found = project.Services.Values.Where(s => s.Instance.Name == call.Id)
            .Select(s => (Service: s, Health: HealthOf(project, s))).ToList();
        var (code, status) = found.Count == 0
            ? (StatusCodes.Status404NotFound, $"ServiceName {call.Id} Not Found")
            : found.Select(f => (Code: CodeOf(f.Health.Status), f.Health.Status)).MaxBy(f => f.Code);
        if (WantsText(call))
        {
            return call.AnswerTextAsync(code, status, ct);
        }

        return call.AnswerAsync(
            code,
            json =>
            {
                json.WriteStartArray();
                foreach (var (service, health) in found)
                {
                    Write(json, health.Status, service, health.Checks);
                }

                json.WriteEndArray();
            },
            ct);
    }

    private (string Status, IReadOnlyList<HealthCheck> Checks) HealthOf(ProjectState project, LocalService service)
    {
        var checks = project.ChecksOf(service.Instance.ID, withNode: true).Select(c => project.ToHealthCheck(c, registry.Options.NodeName)).ToList();
        var isMaintained = checks.Any(c => c.CheckID == HealthStatus.NodeMaintenance || c.CheckID.StartsWith(HealthStatus.ServiceMaintenancePrefix, StringComparison.Ordinal));
        var worst = checks.Select(c => c.Status).MaxBy(HealthStatus.Severity) ?? HealthStatus.Passing;
        return (isMaintained ? HealthStatus.Maintenance : worst, checks);
    }

    private void Write(Utf8JsonWriter json, string status, LocalService? service, IReadOnlyList<HealthCheck>? checks)
    {
        json.WriteStartObject();
        json.WriteString("AggregatedStatus", status);
        json.WritePropertyName("Service");
        if (service is null)
        {
            json.WriteNullValue();
        }
        else
        {
            AgentServiceJson.Write(json, service.Instance, registry.Views.LocalDatacenter);
        }

        json.WritePropertyName("Checks");
        if (checks is null)
        {
            json.WriteNullValue();
        }
        else
        {
            HealthJson.WriteChecks(json, checks);
        }

        json.WriteEndObject();
    }

    private static int CodeOf(string status) => status switch
    {
        HealthStatus.Passing => StatusCodes.Status200OK,
        HealthStatus.Warning => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static bool WantsText(ApiCall call) =>
        call.Request.Headers.Accept is [{ } accept, ..] && accept.StartsWith("text/plain", StringComparison.Ordinal) || call.Query("format") == "text";
}

using System.Text.Json;
using Saas.Discovery.Model;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>A check as it comes with a registration. Nobody runs it: whoever registered it says how it is.</summary>
internal static class RegisteredCheck
{
    private const int MaxOutput = 16 * 1024;

    public static HealthCheck Of(CheckBody body, string node)
    {
        if (body.Node is { Length: > 0 } own && !string.Equals(own, node, StringComparison.OrdinalIgnoreCase))
        {
            throw RegistryException.Server($"Node '{own}' for check '{body.CheckID}' doesn't match register request node '{node}'");
        }

        var id = body.CheckID is { Length: > 0 } given ? given : body.Name ?? "";
        if (id.Length == 0)
        {
            throw RegistryException.BadRequest("Missing check name or check ID");
        }

        var status = body.Status is { Length: > 0 } said ? said : HealthStatus.Critical;
        if (!HealthStatus.IsStatus(status))
        {
            throw RegistryException.BadRequest("Status for checks must 'passing', 'warning', 'critical'");
        }

        FieldLimits.Name("CheckID", id);
        FieldLimits.Text("Check name", body.Name ?? "", FieldLimits.MaxName);
        FieldLimits.Text("Notes", body.Notes ?? "", MaxOutput);
        FieldLimits.Text("Output", body.Output ?? "", MaxOutput);
        FieldLimits.Text("Check type", body.Type ?? "", FieldLimits.MaxName);
        FieldLimits.Text("Interval", body.Interval ?? "", FieldLimits.MaxName);
        FieldLimits.Text("Timeout", body.Timeout ?? "", FieldLimits.MaxName);
        var definition = CheckDefinitions.Normal(body.Definition);
        return new HealthCheck
        {
            Node = node,
            CheckID = id,
            Name = body.Name ?? "",
            Status = status,
            Notes = body.Notes ?? "",
            Output = body.Output ?? "",
            ServiceID = body.ServiceID ?? "",
            Type = body.Type is { Length: > 0 } type ? type : CheckDefinitions.TypeOf(definition),
            Interval = body.Interval ?? "",
            Timeout = body.Timeout ?? "",
            ExposedPort = body.ExposedPort,
            Definition = definition,
        };
    }
}

using System.Text.Json;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity.Access;

namespace Saas.Encryption.Sys;

/// <summary>
/// POST /v1/sys/audit-hash/log: what stands in the audit log for a value, so that who knows the value finds it there.
/// GET /v1/sys/audit: the one audit device there is, the tenant's log.
/// </summary>
internal static class AuditHash
{
    private const string Device = "log";

    private static readonly RouteAccess Access = RouteAccess.Requires("audit:read", ResourceNames.Audit);

    public static void Map(IRouteTable routes)
    {
        routes.MapSystem(VaultVerb.Read, "/v1/sys/audit", Access, "The audit devices.", (_, _) => ValueTask.FromResult(Devices()));
        routes.MapSystem(VaultVerb.Write, "/v1/sys/audit-hash/{**path}", Access, "What the audit log has for a value.", HashAsync);
    }

    private static VaultResponse Devices()
    {
        var response = VaultResponse.Data();
        response.Json.WriteStartObject(Device + "/");
        response.Json.WriteString("type", "log");
        response.Json.WriteString("description", "the tenant's audit log");
        response.Json.WriteStartObject("options");
        response.Json.WriteEndObject();
        response.Json.WriteBoolean("local", false);
        response.Json.WriteString("path", Device + "/");
        response.Json.WriteEndObject();
        return response;
    }

    private static async ValueTask<VaultResponse> HashAsync(VaultRequest request, CancellationToken ct)
    {
        if (request.Route("path").Trim('/') != Device)
        {
            return VaultResponse.BadRequest($"unknown audit backend: expected {Device}");
        }

        var fields = request.Fields("input");
        if (fields.String("input") is not { Length: > 0 } input)
        {
            return VaultResponse.BadRequest("the \"input\" parameter is empty");
        }

        byte[] json = [(byte)'"', .. JsonEncodedText.Encode(input).EncodedUtf8Bytes, (byte)'"'];
        var hash = await request.Service<VaultAudit>().HashAsync(request.Tenant, json, ct);
        var response = VaultResponse.Data();
        response.Json.WritePropertyName("hash");
        response.Json.WriteRawValue(hash.Span, skipInputValidation: true);
        return response;
    }
}

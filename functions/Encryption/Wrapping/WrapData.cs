using System.Text.Json;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity.Access;

namespace Saas.Encryption.Wrapping;

/// <summary>POST /v1/sys/wrapping/wrap: the body itself becomes the answer that is wrapped.</summary>
internal static class WrapData
{
    public static void Map(IRouteTable routes) =>
        routes.MapSystem(
            VaultVerb.Write, "/v1/sys/wrapping/wrap", RouteAccess.Requires(BuiltInPolicies.SelfWrapAction, BuiltInPolicies.SelfResource),
            "Wraps the body; needs X-Vault-Wrap-TTL.", HandleAsync);

    private static ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        if (VaultEndpoint.WrapTtl(request) is null)
        {
            return ValueTask.FromResult(VaultResponse.BadRequest("endpoint requires response wrapping to be used"));
        }

        using var body = request.Body.IsEmpty ? null : Parse(request.Body);
        var response = VaultResponse.Data(request.Body.Length + 16);
        foreach (var property in body is null ? [] : body.RootElement.EnumerateObject())
        {
            property.WriteTo(response.Json);
        }

        return ValueTask.FromResult(response);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw VaultException.BadRequest($"failed to parse JSON input: line {e.LineNumber + 1}, byte {e.BytePositionInLine}");
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document.Dispose();
        throw VaultException.BadRequest("failed to parse JSON input: expected an object");
    }
}

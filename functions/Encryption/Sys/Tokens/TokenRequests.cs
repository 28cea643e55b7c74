using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Hosting.Pipeline;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Identity.Rows;

namespace Saas.Encryption.Sys.Tokens;

/// <summary>What the token routes have in common.</summary>
internal static class TokenRequests
{
    public const string MountType = "token";

    /// <summary>For what every principal may do with itself.</summary>
    public static RouteAccess Self(string action = BuiltInPolicies.SelfAction) => RouteAccess.Requires(action, BuiltInPolicies.SelfResource);

    /// <summary>The credential the request came with.</summary>
    public static string OwnSecret(this VaultRequest request) => Credentials.Of(request.Api.Http.Request) ?? "";

    /// <summary>The caller's own row.</summary>
    /// <exception cref="VaultException">400: an agent's access token, which is none of ours.</exception>
    public static async Task<ApiKeyRecord> OwnKeyAsync(this VaultRequest request, CancellationToken ct) =>
        request.Principal.Kind == PrincipalKind.ApiKey && await request.KeyAsync(request.Principal.Id, ct) is { } key
            ? key
            : throw VaultException.BadRequest("an agent's access token is no token of this API");

    /// <summary>Null where there is no such key in the tenant.</summary>
    public static async Task<ApiKeyRecord?> KeyAsync(this VaultRequest request, string keyId, CancellationToken ct) =>
        EntityId.IsValid(IdPrefixes.Key, keyId)
            ? (await request.Tenant.IdentityRows().GetAsync(IdentityTable.Key(keyId), IdentityJson.Default.ApiKeyRecord, ct))?.Value
            : null;

    /// <summary>Id of the key that a token in a body is, if it is one of the tenant's that works.</summary>
    public static async Task<Principal?> HolderAsync(this VaultRequest request, string token, CancellationToken ct)
    {
        var found = await request.Service<ICredentialAuthenticator>().AuthenticateAsync(token, ct);
        return found.Principal is { Kind: PrincipalKind.ApiKey } principal && principal.Tenant == request.Tenant.Tenant ? principal : null;
    }

    /// <summary>Vault's answer to a token or accessor that it does not know, or that is none of the caller's business.</summary>
    public static VaultResponse Bad(string what) => VaultResponse.Failed(new VaultError(
        StatusCodes.Status403Forbidden, $"1 error occurred:\n\t* {what}\n\n"));
}

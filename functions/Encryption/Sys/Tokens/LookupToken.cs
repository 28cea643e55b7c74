using Microsoft.AspNetCore.Http;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;

namespace Saas.Encryption.Sys.Tokens;

/// <summary>
/// /v1/auth/token/lookup-self, lookup and lookup-accessor. Every token may look itself up; others only with
/// <c>keys:read</c>, and their secrets are shown to nobody who did not send them.
/// </summary>
internal static class LookupToken
{
    public static void Map(IRouteTable routes)
    {
        var access = TokenRequests.Self();
        routes.MapSystem(VaultVerb.Read, "/v1/auth/token/lookup-self", access, "The caller's token.", SelfAsync, TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/lookup-self", access, "The caller's token.", SelfAsync, TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Read, "/v1/auth/token/lookup", access, "The caller's token.", SelfAsync, TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/lookup", access, "A token: the caller's, or the one in the body.", OfTokenAsync, TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/lookup-accessor", access, "A token by its accessor.", OfAccessorAsync, TokenRequests.MountType);
        routes.MapSystem(
            VaultVerb.List, "/v1/auth/token/accessors", RouteAccess.Requires("keys:list", ResourceNames.Key("*")), "Accessors of all keys and tokens that work.",
            ListAsync, TokenRequests.MountType);
    }

    private static async ValueTask<VaultResponse> SelfAsync(VaultRequest request, CancellationToken ct) =>
        await ViewAsync(request, await request.OwnKeyAsync(ct), request.Principal, request.OwnSecret(), ct);

    private static async ValueTask<VaultResponse> OfTokenAsync(VaultRequest request, CancellationToken ct)
    {
        var token = request.Fields("token").String("token");
        if (token is null or "" || token == request.OwnSecret())
        {
            return await SelfAsync(request, ct);
        }

        return await request.HolderAsync(token, ct) is { } holder && MayRead(request, holder.Id) && await request.KeyAsync(holder.Id, ct) is { } key
            ? await ViewAsync(request, key, holder, token, ct)
            : TokenRequests.Bad("bad token");
    }

    private static async ValueTask<VaultResponse> OfAccessorAsync(VaultRequest request, CancellationToken ct)
    {
        var accessor = request.Fields("accessor").String("accessor");
        if (accessor is null or "")
        {
            return VaultResponse.BadRequest("missing accessor");
        }

        var now = request.Service<TimeProvider>().GetUtcNow();
        return (accessor == request.Principal.Id || MayRead(request, accessor))
            && await request.KeyAsync(accessor, ct) is { RevokedAt: null } key && !(key.ExpiresAt <= now)
            ? await ViewAsync(request, key, null, "", ct)
            : TokenRequests.Bad("invalid accessor");
    }

    private static async ValueTask<VaultResponse> ListAsync(VaultRequest request, CancellationToken ct)
    {
        var now = request.Service<TimeProvider>().GetUtcNow();
        var accessors = new List<string>();
        var range = Storage.Tables.RowRange.Prefix(IdentityTable.KeyPrefix);
        await foreach (var row in request.Tenant.IdentityRows().ReadAllAsync(range, IdentityJson.Default.ApiKeyRecord, ct))
        {
            if (row.Value.RevokedAt is null && !(row.Value.ExpiresAt <= now))
            {
                accessors.Add(row.Value.Id);
            }
        }

        return VaultResponse.Keys(accessors);
    }

    private static bool MayRead(VaultRequest request, string keyId) => request.May("keys:read", ResourceNames.Key(keyId));

    /// <param name="holder">Whoever the token was found to be; null where only its row is known.</param>
    private static async ValueTask<VaultResponse> ViewAsync(
        VaultRequest request, ApiKeyRecord key, Principal? holder, string secret, CancellationToken ct)
    {
        var policies = holder is null
            ? await TokenPolicies.NamesOfAsync(request.Tenant.IdentityRows(), key, ct)
            : TokenPolicies.NamesOf(holder.Policies);
        var project = key.ProjectId is { } only ? (await request.Tenant.FindProjectAsync(only, ct))?.Name ?? only : null;
        return TokenView.Of(key, holder?.ExpiresAt ?? key.ExpiresAt, secret, policies, project, request.Service<TimeProvider>().GetUtcNow());
    }
}

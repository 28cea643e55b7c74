using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Keys;

namespace Saas.Encryption.Sys.Tokens;

/// <summary>
/// POST /v1/auth/token/revoke-self, revoke and revoke-accessor. Whoever has a token may give it back, an API key too: but
/// not the last owner's. Tokens it made end with it. Others' tokens take <c>keys:revoke</c>, or to have made them.
/// </summary>
internal static class RevokeToken
{
    public static void Map(IRouteTable routes)
    {
        var access = TokenRequests.Self(BuiltInPolicies.SelfRevokeAction);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/revoke-self", access, "Revokes the caller's token and all it made.", SelfAsync, TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/revoke", access, "Revokes a token that the caller has and all it made.", OfTokenAsync, TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/revoke-accessor", access, "Revokes a token by its accessor.", OfAccessorAsync, TokenRequests.MountType);
    }

    private static async ValueTask<VaultResponse> SelfAsync(VaultRequest request, CancellationToken ct) =>
        await RevokeAsync(request, (await request.OwnKeyAsync(ct)).Id, ct);

    /// <summary>A token there is not needs no revoking.</summary>
    private static async ValueTask<VaultResponse> OfTokenAsync(VaultRequest request, CancellationToken ct)
    {
        var token = request.Fields("token").String("token");
        if (token is null or "")
        {
            return VaultResponse.BadRequest("missing token ID");
        }

        if (await request.HolderAsync(token, ct) is not { } holder)
        {
            return VaultResponse.NoContent();
        }

        return await MayRevokeAsync(request, holder.Id, ct)
            ? await RevokeAsync(request, holder.Id, ct)
            : TokenRequests.Bad(VaultProtocol.PermissionDenied);
    }

    private static async ValueTask<VaultResponse> OfAccessorAsync(VaultRequest request, CancellationToken ct)
    {
        var accessor = request.Fields("accessor").String("accessor");
        return accessor is null or "" ? VaultResponse.BadRequest("missing accessor")
            : await MayRevokeAsync(request, accessor, ct) && await request.KeyAsync(accessor, ct) is { RevokedAt: null } ? await RevokeAsync(request, accessor, ct)
            : TokenRequests.Bad("invalid accessor");
    }

    private static async ValueTask<bool> MayRevokeAsync(VaultRequest request, string keyId, CancellationToken ct)
    {
        if (keyId == request.Principal.Id || request.May("keys:revoke", ResourceNames.Key(keyId)))
        {
            return true;
        }

        // Its parents, as far as they go: the tokens of one's tokens are one's own.
        for (var parentId = (await request.KeyAsync(keyId, ct))?.Token?.ParentId; parentId is not null;)
        {
            if (parentId == request.Principal.Id)
            {
                return true;
            }

            parentId = (await request.KeyAsync(parentId, ct))?.Token?.ParentId;
        }

        return false;
    }

    private static async ValueTask<VaultResponse> RevokeAsync(VaultRequest request, string keyId, CancellationToken ct)
    {
        var outcome = await request.Service<KeyRevocation>().RevokeAsync(request.Tenant, keyId, ct);
        return outcome.IsDone || outcome.Error.Kind == IdentityErrorKind.NotFound
            ? VaultResponse.NoContent()
            : VaultResponse.BadRequest(outcome.Error.Detail);
    }
}

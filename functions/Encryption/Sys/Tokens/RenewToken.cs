using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Identity.Rows;

namespace Saas.Encryption.Sys.Tokens;

/// <summary>
/// POST /v1/auth/token/renew-self and renew. Only tokens made renewable are; an API key lives as long as it was given,
/// and is refused as Vault refuses a lease that is not renewable.
/// </summary>
internal static class RenewToken
{
    public static void Map(IRouteTable routes)
    {
        var access = TokenRequests.Self(BuiltInPolicies.SelfRenewAction);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/renew-self", access, "Gives the caller's token more time.", SelfAsync, TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/renew", access, "Gives a token that the caller has more time.", OfTokenAsync, TokenRequests.MountType);
    }

    private static async ValueTask<VaultResponse> SelfAsync(VaultRequest request, CancellationToken ct) =>
        await RenewAsync(request, request.Principal, request.OwnSecret(), request.Fields("increment"), ct);

    private static async ValueTask<VaultResponse> OfTokenAsync(VaultRequest request, CancellationToken ct)
    {
        var fields = request.Fields("token", "increment");
        var token = fields.String("token");
        return token is null or "" ? VaultResponse.BadRequest("missing token ID")
            : await request.HolderAsync(token, ct) is { } holder ? await RenewAsync(request, holder, token, fields, ct)
            : VaultResponse.BadRequest("token not found");
    }

    private static async ValueTask<VaultResponse> RenewAsync(
        VaultRequest request, Principal holder, string secret, VaultFields fields, CancellationToken ct)
    {
        if (holder.Kind != PrincipalKind.ApiKey)
        {
            return VaultResponse.BadRequest("lease is not renewable");
        }

        var increment = fields.Duration("increment") ?? TimeSpan.Zero;
        var outcome = await request.Service<Identity.Keys.Tokens>().RenewAsync(request.Tenant, holder.Id, increment, ct);
        return outcome.IsDone
            ? TokenView.AuthOf(outcome.Value, secret, TokenPolicies.NamesOf(holder.Policies), request.Service<TimeProvider>().GetUtcNow())
            : VaultResponse.BadRequest(outcome.Error.Detail);
    }
}

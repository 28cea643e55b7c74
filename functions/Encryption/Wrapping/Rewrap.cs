using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Wrapping;

/// <summary>POST /v1/sys/wrapping/rewrap: the same answer under a new token, for as long again; the old token is used up.</summary>
internal static class Rewrap
{
    public static void Map(IRouteTable routes) =>
        routes.MapSystem(VaultVerb.Write, "/v1/sys/wrapping/rewrap", WrappingTokens.Access, "A new token for what is wrapped; the old one ends.", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var found = await WrappingTokens.FindAsync(request, ct);
        var store = request.Service<WrappingStore>();
        using var answer = await store.OpenAsync(found, ct);
        var old = found.Answer;

        // The new one first: whoever dies in between has the old token still.
        var wrapped = await store.PutAsync(found.Tenant, answer.Memory, old.Ttl, old.CreationPath, old.WrappedAccessor, ct);
        if (await WrappingStore.TryUseUpAsync(found, ct))
        {
            return VaultResponse.Wrapped(wrapped);
        }

        await WrappingStore.ForgetAsync(found.Tenant, wrapped.Accessor, ct);
        throw WrappingTokens.Used();
    }
}

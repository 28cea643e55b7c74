using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Wrapping;

/// <summary>POST /v1/sys/wrapping/unwrap: the wrapped answer as it was, and the token is used up.</summary>
internal static class Unwrap
{
    public static void Map(IRouteTable routes) =>
        routes.MapSystem(VaultVerb.Write, "/v1/sys/wrapping/unwrap", WrappingTokens.Access, "The answer that was wrapped; works once.", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var found = await WrappingTokens.FindAsync(request, ct);
        using var answer = await request.Service<WrappingStore>().OpenAsync(found, ct);
        return await WrappingStore.TryUseUpAsync(found, ct) ? VaultResponse.Whole(answer.Span) : throw WrappingTokens.Used();
    }
}

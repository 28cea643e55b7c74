using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Wrapping;

/// <summary>POST and GET /v1/sys/wrapping/lookup: when and for what a wrapping token was made, without using it.</summary>
internal static class LookupWrapping
{
    public static void Map(IRouteTable routes)
    {
        routes.MapSystem(VaultVerb.Write, "/v1/sys/wrapping/lookup", WrappingTokens.Access, "What a wrapping token was made for.", HandleAsync);
        routes.MapSystem(VaultVerb.Read, "/v1/sys/wrapping/lookup", WrappingTokens.Access, "What the caller's wrapping token was made for.", HandleAsync);
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var answer = (await WrappingTokens.FindAsync(request, ct)).Answer;
        var response = VaultResponse.Data();
        response.Json.WriteString("creation_path", answer.CreationPath);
        response.Json.WriteString("creation_time", answer.CreatedAt.UtcDateTime);
        response.Json.WriteNumber("creation_ttl", (long)answer.Ttl.TotalSeconds);
        return response;
    }
}

using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Hosting.Pipeline;

namespace Saas.Encryption.Wrapping;

/// <summary>The wrapping token of a request, which is all the credential it needs.</summary>
internal static class WrappingTokens
{
    public static readonly RouteAccess Access = RouteAccess.Public("The wrapping token is the credential.");

    private const string Invalid = "wrapping token is not valid or does not exist";

    /// <summary>Finds what the token in the body, or else the request's own, was made for. The call is entered in that tenant's log.</summary>
    /// <exception cref="VaultException">400: nothing.</exception>
    public static async Task<FoundWrapping> FindAsync(VaultRequest request, CancellationToken ct)
    {
        var token = request.Fields("token").String("token") is { Length: > 0 } given ? given : Credentials.Of(request.Api.Http.Request) ?? "";
        var found = await request.Service<WrappingStore>().FindAsync(token, ct) ?? throw Used();
        request.Api.ActsFor(found.Tenant, found.Accessor, "wrapping/" + found.Accessor);
        return found;
    }

    public static VaultException Used() => VaultException.BadRequest(Invalid);
}

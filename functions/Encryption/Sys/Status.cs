using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Saas.Encryption.Vault;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Keys;

namespace Saas.Encryption.Sys;

/// <summary>
/// GET /v1/sys/seal-status, /v1/sys/leader and /v1/sys/init: what <c>vault status</c> asks. There is nothing to unseal by
/// hand: tenants' keys are wrapped by a key outside the store, as in a Vault with automatic unsealing.
/// </summary>
internal static class Status
{
    private static readonly LeaderBody Leader = new(false, false, "0001-01-01T00:00:00Z", "", "", false, 0);

    public static void Map(IRouteTable routes)
    {
        var access = RouteAccess.Public("Clients ask before they have a credential.");
        routes.Map("GET", "/v1/sys/seal-status", access, (request, _) => Task.FromResult(Json(request, Seal(request), SysJson.Default.SealStatusBody)))
            .Summary("That the service is unsealed, and by what.")
            .CalledByFleets()
            .Produces(StatusCodes.Status200OK, SysJson.Default.SealStatusBody);
        routes.Map("GET", "/v1/sys/leader", access, (request, _) => Task.FromResult(Json(request, Leader, SysJson.Default.LeaderBody)))
            .Summary("That there is no leader: every instance serves everything.")
            .CalledByFleets()
            .Produces(StatusCodes.Status200OK, SysJson.Default.LeaderBody);
        routes.Map("GET", "/v1/sys/init", access, (request, _) => Task.FromResult(Json(request, new InitBody(true), SysJson.Default.InitBody)))
            .Summary("That the service is initialized.")
            .CalledByFleets()
            .Produces(StatusCodes.Status200OK, SysJson.Default.InitBody);
    }

    /// <param name="T">Shares that unseal: none.</param>
    /// <param name="N">Shares there are: none.</param>
    internal sealed record SealStatusBody(
        string Type, bool Initialized, bool Sealed, int T, int N, int Progress, string Nonce, string Version, bool Migration,
        bool RecoverySeal, bool RemovedFromCluster);

    internal sealed record LeaderBody(
        bool HaEnabled, bool IsSelf, string ActiveTime, string LeaderAddress, string LeaderClusterAddress, bool PerformanceStandby,
        long PerformanceStandbyLastRemoteWal);

    internal sealed record InitBody(bool Initialized);

    private static SealStatusBody Seal(ApiRequest request)
    {
        var kek = request.Service<HostingOptions>().Configuration[KeysServices.Setting] ?? "";
        return new SealStatusBody(TypeOf(kek.Split(':')[0]), true, false, 0, 0, 0, "", VaultVersion.Number, false, true, false);
    }

    /// <summary>As Vault names the seals.</summary>
    private static string TypeOf(string kek) => kek switch
    {
        "aws-kms" => "awskms",
        "azure-key-vault" => "azurekeyvault",
        _ => "static",
    };

    private static IResult Json<T>(ApiRequest request, T body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        request.Http.Response.Headers.CacheControl = VaultJson.NoStore;
        return Results.Json(body, type);
    }
}

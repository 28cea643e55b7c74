using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Sys;

/// <summary>
/// GET and HEAD /v1/sys/health. Every instance serves everything, so all are what Vault calls active; whether the store
/// answers is told by <c>/readyz</c>.
/// </summary>
internal static class Health
{
    /// <summary>The codes of states we are never in are taken, checked and not used.</summary>
    private static readonly string[] OtherCodes =
        ["standbycode", "drsecondarycode", "haunhealthycode", "performancestandbycode", "removedcode", "sealedcode", "uninitcode"];

    public static void Map(IRouteTable routes)
    {
        var access = RouteAccess.Public("Load balancers have no credential.");
        foreach (var method in (string[])["GET", "HEAD"])
        {
            routes.Map(method, "/v1/sys/health", access, (request, _) => Task.FromResult(Answer(request)))
                .Summary("Whether the service is up. activecode sets the status of the answer.")
                .CalledByFleets()
                .Produces(StatusCodes.Status200OK, SysJson.Default.HealthBody);
        }
    }

    internal sealed record HealthBody(
        bool Initialized, bool Sealed, bool Standby, bool PerformanceStandby, string ReplicationPerformanceMode,
        [property: JsonPropertyName("replication_dr_mode")] string ReplicationDisasterRecoveryMode,
        [property: JsonPropertyName("server_time_utc")] long ServerTime,
        string Version, bool Enterprise,
        [property: JsonPropertyName("echo_duration_ms")] long EchoDuration,
        [property: JsonPropertyName("clock_skew_ms")] long ClockSkew,
        [property: JsonPropertyName("replication_primary_canary_age_ms")] long CanaryAge);

    private static IResult Answer(ApiRequest request)
    {
        if (!IsBool(request.Query("standbyok")) || !IsBool(request.Query("perfstandbyok"))
            || OtherCodes.Any(name => CodeOf(request.Query(name)) is null)
            || CodeOf(request.Query("activecode")) is not { } status)
        {
            return new VaultError(StatusCodes.Status400BadRequest);
        }

        request.Http.Response.Headers.CacheControl = VaultJson.NoStore;
        var now = request.Service<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();
        return Results.Json(
            new HealthBody(true, false, false, false, "disabled", "disabled", now, VaultVersion.Number, false, 0, 0, 0),
            SysJson.Default.HealthBody,
            statusCode: status);
    }

    private static bool IsBool(string? text) =>
        text is null or "" or "0" or "1" or "t" or "f" or "T" or "F" || bool.TryParse(text, out _);

    private static int? CodeOf(string? text) =>
        text is null ? StatusCodes.Status200OK
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 200 and <= 599 ? code
        : null;
}

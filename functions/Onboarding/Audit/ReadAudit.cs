using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Audit;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Audit;

/// <summary>
/// GET /v1/audit: the tenant's log, oldest first, each entry with its hash and the one before's, and GET /v1/audit/head:
/// where it ends. Who keeps a head can show later, offline, that nothing before it was changed or cut off.
/// </summary>
public static class ReadAudit
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/audit", RouteAccess.Requires("audit:read", ResourceNames.Audit), async (request, ct) =>
            {
                var from = Number(request, "from", 1, 1, long.MaxValue);
                var limit = (int)Number(request, "limit", DefaultLimit, 1, MaxLimit);
                return Answers.Json(await AuditLog.ReadAsync(request.Tenant, from, limit, ct), AuditJson.Default.AuditPage);
            })
            .Summary("The audit log from sequence 'from' on, at most 'limit' entries; 'next' is the sequence to go on from.")
            .Produces(StatusCodes.Status200OK, AuditJson.Default.AuditPage);

        routes.Map("GET", "/v1/audit/head", RouteAccess.Requires("audit:read", ResourceNames.Audit), async (request, ct) =>
                Answers.Json(await AuditLog.HeadAsync(request.Tenant, ct), AuditJson.Default.AuditHead))
            .Summary("Sequence and hash of the last entry: keep it to verify the log against later.")
            .Produces(StatusCodes.Status200OK, AuditJson.Default.AuditHead);
    }

    private static long Number(ApiRequest request, string name, long absent, long min, long max)
    {
        if (request.Query(name) is not { } given)
        {
            return absent;
        }

        return long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ProblemException(Problem.Invalid(name, $"Expected a number from {min} to {max}; {Rules.Came(given)} came."));
    }
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Saas.Billing.Metering;
using Saas.Billing.Rating;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Billing.Usage;

/// <summary><c>GET /v1/usage</c>: what was used and what it costs, by meter, project and hour.</summary>
internal static class GetUsage
{
    public static void Map(IRouteTable routes) => routes
        .Map("GET", "/v1/usage", RouteAccess.Requires("usage:read", Resource), static async (request, ct) =>
        {
            var now = request.Service<TimeProvider>().GetUtcNow();
            var query = GetUsageRequest.Bind(request.Http.Request.Query, request.Principal.ProjectScope, now);
            var response = await request.Service<GetUsageHandler>().HandleAsync(request.Tenant, query, ct);
            return Results.Json(response, BillingJson.Default.UsageResponse);
        })
        .Summary("Metered usage and its cost. Query: from, to, meter, project, groupBy (hour, project, meter), limit, after")
        .Produces(StatusCodes.Status200OK, BillingJson.Default.UsageResponse);

    /// <summary>
    /// All projects together are more than any one: whoever may see only one has to name it, except a key that was
    /// made for one project.
    /// </summary>
    private static string Resource(ApiRequest request)
    {
        var project = GetUsageRequest.ProjectOf(request.Http.Request.Query) ?? request.Principal.ProjectScope;
        return project is null ? ResourceNames.Tenant : ResourceNames.Project(project);
    }
}

internal sealed class GetUsageHandler(PriceBook book, TimeProvider time)
{
    private const int ParallelReads = 16;

    public async Task<UsageResponse> HandleAsync(TenantScope tenant, GetUsageRequest request, CancellationToken ct)
    {
        var metered = await ReadAsync(tenant, request, ct);
        var statement = new UsageStatement(metered, book, request.Grouping);

        var lines = statement.Lines(request.After).Take(request.Limit + 1).ToList();
        var page = lines.Take(request.Limit).ToList();
        return new UsageResponse(
            request.Period.From,
            request.Period.To,
            book.Currency,
            [.. page.Select(l => l.Line)],
            statement.Totals,
            new UsageCost(statement.Amount, book.Currency),
            lines.Count > page.Count ? UsageCursor.Write(page[^1].Key) : null);
    }

    /// <summary>Each hour is a partition of its own; a month of them is read a few at a time.</summary>
    private async Task<IEnumerable<MeteredHour>> ReadAsync(TenantScope tenant, GetUsageRequest request, CancellationToken ct)
    {
        var now = time.GetUtcNow() + UsageItemRules.AllowedClockSkew;
        var range = RowRange.Prefix(UsageRows.AggregatePrefix + (request.Meter is null ? "" : request.Meter + "|"));
        var found = new ConcurrentBag<MeteredHour>();
        await Parallel.ForEachAsync(
            request.Period.Hours.TakeWhile(hour => hour <= now),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = ct },
            async (hour, token) =>
            {
                var rows = tenant.UsageOf(hour).ReadAllAsync(range, MeteringJson.Default.UsageAggregate, token);
                await foreach (var row in rows)
                {
                    var (meter, project) = UsageRows.ReadAggregateRow(row.Row);
                    if (request.ProjectId is null || request.ProjectId == project)
                    {
                        found.Add(new MeteredHour(hour, project, meter, row.Value.Quantity));
                    }
                }
            });
        return found;
    }
}

using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity.Quotas;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Tenants;

/// <summary>GET /v1/plans: what there is to choose from, for those who have not signed up yet.</summary>
public static class ListPlans
{
    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/plans", RouteAccess.Public("A price list: the same for everyone."), (_, _) =>
                Task.FromResult(Answers.Json(All, OnboardingJson.Default.PlanList)))
            .Summary("The plans and their quotas.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.PlanList);

    private static readonly PlanList All = new(
        [.. Plans.All.Values.OrderBy(plan => plan.Name, StringComparer.Ordinal).Select(plan => new PlanView(
            plan.Name, plan.Description, plan.Limits.ToDictionary(limit => QuotaNames.Of(limit.Key), limit => limit.Value)))]);
}

public sealed record PlanList(IReadOnlyList<PlanView> Items);

public sealed record PlanView(string Name, string Description, IReadOnlyDictionary<string, int> Quotas);

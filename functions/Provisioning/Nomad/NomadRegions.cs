using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Tenants;

namespace Saas.Provisioning.Nomad;

/// <summary>The region a request is for: with the tenant, a cell. Nomad's clients name one if they were given one.</summary>
internal static class NomadRegions
{
    /// <summary>Nomad's name for the only region there is: any of the tenant's.</summary>
    public const string Global = "global";

    /// <returns>Null: the request names none, so it is for all of the tenant's regions.</returns>
    /// <exception cref="ProblemException">Nomad's 500: the tenant has no such region.</exception>
    public static async ValueTask<string?> RegionAsync(this ApiRequest request, CancellationToken ct)
    {
        if (request.Query("region") is not { Length: > 0 } region || region == Global)
        {
            return null;
        }

        var sites = await request.Tenant.SitesAsync(ct);
        return sites.Any(site => site.Region == region)
            ? region
            : throw new ProblemException(Problem.Of("no-such-region", "The tenant has no such region.", StatusCodes.Status404NotFound)
                .AsRefusal("No path to region"));
    }
}

using Saas.Identity.Sites;

namespace Saas.Provisioning.Jobs;

/// <summary>Which cell places a job: tenant and region. A tenant with one region never has to name it.</summary>
internal static class JobRegions
{
    private const string Unnamed = "global";

    /// <param name="asked">The job's own Region; null, empty and <c>global</c> name none.</param>
    /// <param name="current">Where the job is placed already; null for a new one.</param>
    public static JobOutcome<string> Resolve(string? asked, string? current, IReadOnlyList<SiteRecord> sites)
    {
        var named = string.IsNullOrEmpty(asked) || asked == Unnamed ? null : asked;
        if (current is not null)
        {
            return named is null || named == current
                ? current
                : new JobError(JobErrorKind.RegionFixed, $"The job is placed in {current}. Purge it before it goes to another region.");
        }

        var regions = sites.Select(site => site.Region).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return regions.Length switch
        {
            0 => new JobError(JobErrorKind.NoSite, "The tenant has no site yet: create one, then submit the job again."),
            1 when named is null => regions[0],
            _ when named is null => new JobError(JobErrorKind.Region, $"Name one of the tenant's regions: {string.Join(", ", regions)}."),
            _ when regions.Contains(named) => named,
            _ => new JobError(JobErrorKind.Region, $"The tenant's regions are {string.Join(", ", regions)}."),
        };
    }
}

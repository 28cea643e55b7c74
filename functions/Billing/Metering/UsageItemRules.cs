using System.Buffers;
using Saas.Billing.Rating;
using Saas.Cluster;
using Saas.Contracts;

namespace Saas.Billing.Metering;

/// <summary>Which items can be counted. What comes is from our own apps, but what is counted becomes an invoice.</summary>
internal static class UsageItemRules
{
    /// <summary>How far an agent's clock may be ahead of ours; Provisioning lets in no more than that either.</summary>
    public static readonly TimeSpan AllowedClockSkew = TimeSpan.FromHours(1);

    /// <summary>In base units: a quarter of a million vCPUs, or as many GiB, for a whole hour.</summary>
    public const long MaxQuantity = 1_000_000_000_000_000;

    private const int MaxIdLength = 160;

    private static readonly SearchValues<char> Visible =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);

    /// <summary>Null: it can be counted. Else why not, without what it holds.</summary>
    public static string? FaultOf(UsageItem? item, DateTimeOffset now)
    {
        if (item is null)
        {
            return "is null";
        }

        if (item.Id is not { Length: > 0 and <= MaxIdLength } || item.Id.AsSpan().ContainsAnyExcept(Visible))
        {
            return $"id: expected 1 to {MaxIdLength} visible ASCII characters";
        }

        if (!MeterUnit.IsMeter(item.Meter))
        {
            return "meter: not a known one";
        }

        if (item.ProjectId is not null && !EntityId.IsValid("prj", item.ProjectId))
        {
            return "projectId: not a project id";
        }

        if (item.Quantity is < 0 or > MaxQuantity)
        {
            return $"quantity: expected 0 to {MaxQuantity}";
        }

        if (item.At < now - UsageRows.ItemsAccepted)
        {
            return $"at: more than {UsageRows.ItemsAccepted.TotalDays} days ago";
        }

        return item.At > now + AllowedClockSkew ? "at: in the future" : null;
    }
}

using System.Globalization;
using System.Text.Json.Serialization;
using Saas.Cluster;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Billing.Metering;

/// <summary>
/// Where usage is kept. Table <c>usage</c>, partition <c>tenant|yyyyMMddHH</c> (UTC):
/// <list type="bullet">
/// <item><c>s|id</c>: this item is counted. Written in the batch that counts it; gone after <see cref="ItemsKept"/>.</item>
/// <item><c>a|meter|project</c>: the sum of what is counted. Kept for good.</item>
/// </list>
/// Table <c>usagehours</c>, partition <c>tenant</c>, row <c>yyyyMMddHH</c>: that hour may have item rows. Written before
/// the first of them and removed after the last, so that removing need not read through all usage there ever was.
/// </summary>
internal static class UsageRows
{
    public const string UsageTable = "usage";
    public const string HoursTable = "usagehours";
    public const string ItemPrefix = "s|";
    public const string AggregatePrefix = "a|";

    /// <summary>Stands for usage of no project.</summary>
    private const string NoProject = "-";

    private const string HourFormat = "yyyyMMddHH";

    /// <summary>Older items are refused: whether they were counted before is no longer known once their rows go.</summary>
    public static readonly TimeSpan ItemsAccepted = TimeSpan.FromDays(7);

    /// <summary>
    /// From the end of their hour. A day longer than items are accepted, so that a message judged just in time and
    /// then held up for hours still finds the rows of its repeats.
    /// </summary>
    public static readonly TimeSpan ItemsKept = ItemsAccepted + TimeSpan.FromDays(1);

    public static TablePartition UsageOf(this TenantScope tenant, DateTimeOffset hour) =>
        tenant.Partition(UsageTable, HourKey(hour));

    public static TablePartition UsageHoursOf(this TenantScope tenant) => tenant.Partition(HoursTable);

    public static string ItemRow(string id) => ItemPrefix + TableKeys.Escape(id);

    public static string AggregateRow(string meter, string? projectId) =>
        $"{AggregatePrefix}{meter}|{projectId ?? NoProject}";

    /// <exception cref="FormatException">Not an aggregate's row.</exception>
    public static (string Meter, string? ProjectId) ReadAggregateRow(string row) => row.Split('|') switch
    {
        ["a", var meter, NoProject] => (meter, null),
        ["a", var meter, var project] => (meter, project),
        _ => throw new FormatException($"Row {row} is not an aggregate."),
    };

    public static DateTimeOffset HourOf(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    public static string HourKey(DateTimeOffset hour) => hour.UtcDateTime.ToString(HourFormat);

    /// <exception cref="FormatException">Not an hour's key.</exception>
    public static DateTimeOffset ReadHourKey(string key) =>
        TryReadHourKey(key, out var hour) ? hour : throw new FormatException($"{key} is not an hour.");

    public static bool TryReadHourKey(string key, out DateTimeOffset hour) => DateTimeOffset.TryParseExact(
        key, HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out hour);
}

/// <summary>What was counted under the item's id, to tell a repeat from another item that took its id.</summary>
internal sealed record CountedItem(string Meter, string? ProjectId, long Quantity)
{
    public static CountedItem Of(UsageItem item) => new(item.Meter, item.ProjectId, item.Quantity);
}

/// <param name="Quantity">In the meter's base unit.</param>
internal sealed record UsageAggregate(Int128 Quantity);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CountedItem))]
[JsonSerializable(typeof(UsageAggregate))]
internal sealed partial class MeteringJson : JsonSerializerContext;

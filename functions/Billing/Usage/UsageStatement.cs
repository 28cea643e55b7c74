using Saas.Billing.Rating;
using Saas.Cluster;

namespace Saas.Billing.Usage;

/// <summary>The sum of one meter of one project in one hour, as counted.</summary>
internal readonly record struct MeteredHour(DateTimeOffset Hour, string? ProjectId, string Meter, Int128 BaseUnits);

/// <summary>What lines are told apart by, beside the meter: amounts of different meters do not add up.</summary>
[Flags]
internal enum UsageGrouping
{
    None = 0,
    Hour = 1,
    Project = 2,
}

/// <summary>
/// Metered hours rated and grouped: a pure function of usage and prices. Each metered hour is rated on its own, then
/// groups add up (see <see cref="Rater"/>), so the grouping never changes the amount.
/// </summary>
internal sealed class UsageStatement
{
    private readonly SortedDictionary<LineKey, Sums> _lines = [];
    private readonly Dictionary<string, Int128> _quantities = [];
    private Int128 _nano;

    public UsageStatement(IEnumerable<MeteredHour> usage, PriceBook book, UsageGrouping grouping)
    {
        foreach (var metered in usage)
        {
            var nano = Rater.CostNano(book, metered.Meter, metered.Hour, metered.BaseUnits);
            _nano += nano;
            _quantities[metered.Meter] = _quantities.GetValueOrDefault(metered.Meter) + metered.BaseUnits;

            var key = LineKey.Of(metered, grouping);
            var sums = _lines.GetValueOrDefault(key);
            _lines[key] = new Sums(sums.BaseUnits + metered.BaseUnits, sums.Nano + nano);
        }
    }

    public decimal Amount => Money.ToMajor(_nano);

    public UsageTotals Totals => new(
        Total(Meters.Vcpu), Total(Meters.Memory), Total(Meters.ApiCalls), TotalOf(Meters.TransitPrefix), TotalOf(Meters.KvPrefix));

    /// <summary>By hour, project and meter; those after the line named by <paramref name="after"/>, or from the first.</summary>
    public IEnumerable<(LineKey Key, UsageLine Line)> Lines(LineKey? after) =>
        from line in _lines
        where after is not { } last || line.Key.CompareTo(last) > 0
        let unit = MeterUnit.Of(line.Key.Meter)
        select (line.Key, new UsageLine(
            line.Key.Hour, line.Key.ProjectId, line.Key.Meter,
            unit.Show(line.Value.BaseUnits), unit.Name, Money.ToMajor(line.Value.Nano)));

    private decimal Total(string meter) => MeterUnit.Of(meter).Show(_quantities.GetValueOrDefault(meter));

    private decimal TotalOf(string prefix) =>
        _quantities.Keys.Where(meter => meter.StartsWith(prefix, StringComparison.Ordinal)).Sum(Total);

    private readonly record struct Sums(Int128 BaseUnits, Int128 Nano);
}

internal readonly record struct LineKey(DateTimeOffset? Hour, string? ProjectId, string Meter) : IComparable<LineKey>
{
    public static LineKey Of(MeteredHour metered, UsageGrouping grouping) => new(
        grouping.HasFlag(UsageGrouping.Hour) ? metered.Hour : null,
        grouping.HasFlag(UsageGrouping.Project) ? metered.ProjectId : null,
        metered.Meter);

    public int CompareTo(LineKey other)
    {
        var byHour = Nullable.Compare(Hour, other.Hour);
        var byProject = byHour != 0 ? byHour : string.CompareOrdinal(ProjectId, other.ProjectId);
        return byProject != 0 ? byProject : string.CompareOrdinal(Meter, other.Meter);
    }
}

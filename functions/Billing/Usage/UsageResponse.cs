using System.Text.Json.Serialization;

namespace Saas.Billing.Usage;

/// <param name="From">As asked for, rounded down to the hour.</param>
/// <param name="To">As asked for, rounded up to the hour; exclusive.</param>
/// <param name="Items">One page of lines, by hour, project and meter.</param>
/// <param name="Totals">Over all lines, not only this page's.</param>
/// <param name="Cost">Over all lines, not only this page's.</param>
/// <param name="Next">Sent as <c>after</c> it gives the next page; absent on the last.</param>
internal sealed record UsageResponse(
    DateTimeOffset From,
    DateTimeOffset To,
    string Currency,
    IReadOnlyList<UsageLine> Items,
    UsageTotals Totals,
    UsageCost Cost,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);

/// <param name="Hour">Its begin; null where hours are not told apart.</param>
/// <param name="ProjectId">Null for usage of no project, and where projects are not told apart.</param>
/// <param name="Quantity">Exact, in <paramref name="Unit"/>.</param>
/// <param name="Cost">Exact, in major units of the currency; at most nine decimals.</param>
internal sealed record UsageLine(
    DateTimeOffset? Hour, string? ProjectId, string Meter, decimal Quantity, string Unit, decimal Cost);

/// <param name="TransitOperations">Of all key types together.</param>
/// <param name="KvOperations">Reads and writes together.</param>
internal sealed record UsageTotals(
    decimal VcpuSeconds, decimal MemoryGibSeconds, decimal ApiCalls, decimal TransitOperations, decimal KvOperations);

/// <param name="Amount">Exact, in major units; at most nine decimals.</param>
internal sealed record UsageCost(decimal Amount, string Currency);

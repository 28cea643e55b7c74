using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Storage;

namespace Saas.Billing.Metering;

/// <summary>
/// Queue <c>usage</c>: counts what agents and apps have metered. A message with faults is dead-lettered after its good
/// items were counted: none is lost, and sending it again from the dead letters counts nothing twice.
/// </summary>
internal sealed partial class UsageIngest(TenantScopes tenants, UsageLedger ledger, TimeProvider time, ILogger<UsageIngest> log)
{
    private const int FaultsNamed = 3;

    public static void Map(ITriggerTable triggers) => triggers.Queue(
        nameof(UsageIngest),
        ClusterQueues.Usage,
        static (services, body, ct) => services.GetRequiredService<UsageIngest>().HandleAsync(body, ct));

    /// <exception cref="PoisonMessageException">Not a usage message, or items in it cannot be counted.</exception>
    public async Task HandleAsync(ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var (tenant, items) = Read(body);

        var now = time.GetUtcNow();
        var judged = items.Select((item, i) => (item, fault: UsageItemRules.FaultOf(item, now), i)).ToList();
        var result = await ledger.CountAsync(
            tenants.For(tenant), judged.Where(j => j.fault is null).Select(j => j.item), ct);
        Counted(log, tenant, result.Counted, result.Repeated);

        var refused = judged.Where(j => j.fault is not null).ToList();
        if (refused.Count > 0)
        {
            var named = string.Join("; ", refused.Take(FaultsNamed).Select(j => $"items[{j.i}] {j.fault}"));
            Refused(log, tenant, refused.Count, items.Count, named);
            throw new PoisonMessageException($"{refused.Count} of {items.Count} items were not counted: {named}.");
        }
    }

    private static (TenantId Tenant, IReadOnlyList<UsageItem> Items) Read(ReadOnlyMemory<byte> body)
    {
        UsageMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(body.Span, ClusterJson.Default.UsageMessage);
        }
        catch (JsonException e)
        {
            throw new PoisonMessageException("Not a usage message: the JSON cannot be read.", e);
        }

        return message is { Items: not null } && TenantId.TryParse(message.Tenant, out var tenant)
            ? (tenant, message.Items)
            : throw new PoisonMessageException("Not a usage message: tenant or items are missing.");
    }

    [LoggerMessage(5002, LogLevel.Debug, "Counted {Counted} items of {Tenant}; {Repeated} were counted before")]
    private static partial void Counted(ILogger log, TenantId tenant, int counted, int repeated);

    [LoggerMessage(5003, LogLevel.Warning, "{Refused} of {All} items of {Tenant} were not counted: {Named}")]
    private static partial void Refused(ILogger log, TenantId tenant, int refused, int all, string named);
}

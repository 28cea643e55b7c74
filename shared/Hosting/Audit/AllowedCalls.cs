using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Hosting.Metering;
using Saas.Identity.Access;
using Saas.Storage;

namespace Saas.Hosting.Audit;

/// <summary>
/// The permitted calls that change nothing for the tenant: reads, and the agents' channel, whose reports are
/// observations. They are counted and entered once a minute, so that each decision is in the log without each read
/// costing a write. A crash loses at most a minute of them.
/// </summary>
internal sealed partial class AllowedCalls(
    AuditLog log, TenantScopes tenants, TimeProvider time, ILogger<AllowedCalls> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Tally<Key> _calls = new();

    /// <param name="together">Whether all principals of the kind are one: thousands of agents poll.</param>
    public void Count(Principal principal, string action, bool together) =>
        _calls.Add(new Key(principal.Tenant, principal.Kind, together ? "*" : principal.Id, action));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await FlushAsync();
            }
        }
    }

    private async Task FlushAsync()
    {
        var entries = _calls.Drain()
            .Select(counted => log.AppendAsync(tenants.For(counted.Key.Tenant), counted.Key.Event(counted.Count)))
            .ToList();
        try
        {
            await Task.WhenAll(entries);
        }
        catch (StorageUnavailableException e)
        {
            Log.NotEntered(logger, entries.Count(t => t.IsFaulted), e);
        }
    }

    private readonly record struct Key(TenantId Tenant, PrincipalKind Kind, string Id, string Action)
    {
        public AuditEvent Event(long count) => new()
        {
            Kind = AuditKinds.Reads,
            ActorKind = Actors.KindOf(Kind),
            ActorId = Id,
            Action = Action,
            Count = count,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Error, "{Count} entries that count permitted reads could not be written to audit logs.")]
        public static partial void NotEntered(ILogger logger, int count, Exception exception);
    }
}

internal static class Actors
{
    public const string Anonymous = "anonymous";

    public static string KindOf(PrincipalKind kind) => kind switch
    {
        PrincipalKind.ApiKey => "apikey",
        PrincipalKind.Agent => "agent",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of principal."),
    };
}

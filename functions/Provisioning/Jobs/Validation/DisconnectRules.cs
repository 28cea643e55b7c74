using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Nomad's rules for the disconnect block, and for the older members that it took the place of.</summary>
internal static class DisconnectRules
{
    public static IEnumerable<Fault> FaultsOf(TaskGroup group, string type)
    {
        var isOlder = StrategyDefaults.UsesOlderMembers(group);
        if (group.Disconnect is not null && isOlder)
        {
            yield return new Fault("Disconnect", "Not together with MaxClientDisconnect, StopAfterClientDisconnect and PreventRescheduleOnLost, whose place it takes.");
            yield break;
        }

        if (StrategyDefaults.DisconnectOf(group) is not { } disconnect)
        {
            yield break;
        }

        var (lostAfter, stopAfter) = isOlder ? ("MaxClientDisconnect", "StopAfterClientDisconnect") : ("Disconnect.LostAfter", "Disconnect.StopOnClientAfter");
        if (disconnect.LostAfter is < 0 or > JobLimits.MaxPolicyTime)
        {
            yield return new Fault(lostAfter, $"Expected 0 to a year, in nanoseconds; {disconnect.LostAfter} came.");
        }

        if (disconnect.StopOnClientAfter is < 0 or > JobLimits.MaxPolicyTime)
        {
            yield return new Fault(stopAfter, $"Expected 0 to a year, in nanoseconds; {disconnect.StopOnClientAfter} came.");
        }

        if (disconnect.StopOnClientAfter is not null && type is not (JobTypes.Service or JobTypes.Batch))
        {
            yield return new Fault(stopAfter, $"Of service and batch jobs only; this is a {type} job.");
        }

        if (disconnect.StopOnClientAfter is not null && disconnect.LostAfter != 0)
        {
            yield return new Fault(stopAfter, $"Not together with {lostAfter}.");
        }

        if (disconnect.Reconcile is not (ReconcileOptions.BestScore or ReconcileOptions.KeepOriginal or ReconcileOptions.KeepReplacement or ReconcileOptions.LongestRunning))
        {
            yield return new Fault("Disconnect.Reconcile", $"Expected best_score, keep_original, keep_replacement or longest_running; {Quote.Of(disconnect.Reconcile)} came.");
        }
    }
}

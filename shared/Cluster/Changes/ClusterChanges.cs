using Saas.Storage;
using Saas.Storage.Signals;

namespace Saas.Cluster.Changes;

/// <summary>
/// Says that something of a tenant's cluster changed: at once to those who wait in this process, and by
/// <see cref="ChangeMarks"/> to those who wait in others. Called after the change is committed; it never fails and does not
/// keep the caller. Marks of changes that follow each other closely are written together: a thousand agents that report
/// in one second cost four writes.
/// </summary>
public sealed class ClusterChanges(IChangeSignal signal, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Afterwards the change is left to be found by those who look by themselves.</summary>
    private const int MaxFailures = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);

    /// <param name="key">Of <see cref="ChangeKeys"/>; null where several things changed, or it is not known which.</param>
    public void Raise(TenantScope tenant, ChangeKinds kinds, string? key = null)
    {
        var id = tenant.Tenant.Value;
        ChangeStamps.Raise(signal, id, kinds, key);
        Told told;
        lock (_gate)
        {
            if (!_told.TryGetValue(id, out told!))
            {
                _told[id] = told = new Told();
            }

            told.Untold |= kinds;
            if (told.IsTelling)
            {
                return;
            }

            told.IsTelling = true;
        }

        _ = TellAsync(tenant, told);
    }

    private async Task TellAsync(TenantScope tenant, Told told)
    {
        await Task.Yield();
        var failures = 0;
        if (told.At is { } before && Pace - time.GetElapsedTime(before) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, time);
        }

        while (Take(told) is var kinds and not ChangeKinds.None)
        {
            try
            {
                if (told.At is null)
                {
                    await ChangeMarks.ForgetAsync(tenant, time.GetUtcNow(), CancellationToken.None);
                }

                await ChangeMarks.WriteAsync(tenant, signal, kinds, time.GetUtcNow(), CancellationToken.None);
                (failures, told.At) = (0, time.GetTimestamp());
            }
            catch (StorageUnavailableException) when (++failures < MaxFailures)
            {
                // Level-triggered: what is told late is as true.
                Untell(told, kinds);
                await Task.Delay(PauseAfterFailure, time);
            }
            catch (StorageUnavailableException)
            {
                failures = 0;
            }

            if (told.Untold != ChangeKinds.None)
            {
                await Task.Delay(Pace, time);
            }
        }
    }

    /// <summary>What is to be written now. None: nothing came meanwhile, and nobody is telling of the tenant any more.</summary>
    private ChangeKinds Take(Told told)
    {
        lock (_gate)
        {
            var kinds = told.Untold;
            told.Untold = ChangeKinds.None;
            told.IsTelling = kinds != ChangeKinds.None;
            return kinds;
        }
    }

    private void Untell(Told told, ChangeKinds kinds)
    {
        lock (_gate)
        {
            told.Untold |= kinds;
        }
    }

    /// <summary>Of one tenant; guarded by the lock, but for what only the one who is telling uses.</summary>
    private sealed class Told
    {
        public ChangeKinds Untold { get; set; }
        public bool IsTelling { get; set; }

        /// <summary>When a mark was last written; null: never.</summary>
        public long? At { get; set; }
    }
}

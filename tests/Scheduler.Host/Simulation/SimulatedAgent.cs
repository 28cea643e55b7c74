using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>
/// The agent of one node: starts what its document tells it to, after all that it follows, and tells what becomes of
/// it, mostly soon, sometimes late or twice. While it is cut off, everything goes on, and is told afterwards.
/// </summary>
internal sealed class SimulatedAgent(World world, string nodeId)
{
    private DateTimeOffset _silentSince;
    private readonly SortedDictionary<string, Instance> _instances = new(StringComparer.Ordinal);

    /// <summary>It can be heard, and hears.</summary>
    public bool IsOnline { get; private set; } = true;

    /// <summary>What runs, or is on its way to or from it.</summary>
    public IEnumerable<AssignedAllocation> Running =>
        _instances.Values.Where(static instance => instance.Runs).Select(static instance => instance.Allocation);

    public void FallSilent()
    {
        if (IsOnline)
        {
            (IsOnline, _silentSince) = (false, world.Clock.GetUtcNow());
            foreach (var patience in _instances.Values.Select(static instance => PatienceOf(instance.Allocation)).OfType<TimeSpan>().Distinct())
            {
                var since = _silentSince;
                world.Agenda.Background(patience, () =>
                {
                    EndCutOff(since);
                    return Task.CompletedTask;
                });
            }
        }
    }

    /// <param name="rebooted">Nothing of what ran does any more.</param>
    public void Return(bool rebooted)
    {
        IsOnline = true;
        if (rebooted)
        {
            foreach (var instance in _instances.Values.Where(static instance => instance.Runs).ToArray())
            {
                End(instance, ClientStatus.Failed);
            }
        }

        Look();
        foreach (var instance in _instances.Values.Where(static instance => instance.Revision > 0).ToArray())
        {
            Tell(instance);
        }
    }

    /// <summary>Reads its document and does what it says.</summary>
    public void Look()
    {
        if (!IsOnline)
        {
            return;
        }

        var assigned = world.Mirror.Documents.GetValueOrDefault(nodeId)?.Allocations ?? [];
        var there = assigned.Select(static allocation => allocation.Id).ToHashSet();
        foreach (var gone in _instances.Keys.Where(id => !there.Contains(id)).ToArray())
        {
            _instances.Remove(gone);
        }

        foreach (var allocation in assigned)
        {
            if (!_instances.TryGetValue(allocation.Id, out var instance))
            {
                _instances.Add(allocation.Id, instance = new Instance(allocation));
            }

            var isOfAnother = instance.Allocation.DeploymentId != allocation.DeploymentId;
            instance.Allocation = allocation;
            if (isOfAnother && !instance.HasEnded)
            {
                FindAnew(instance);
            }

            if (allocation.DesiredStatus != DesiredStatus.Run && !instance.IsStopping && !instance.HasEnded)
            {
                Stop(instance);
            }
        }

        foreach (var instance in _instances.Values.ToArray())
        {
            TryStart(instance);
        }
    }

    private void Stop(Instance instance)
    {
        instance.IsStopping = true;
        var killed = instance.Runs ? world.Chance.Seconds(0, world.Chance.OneIn(15) ? 90 : 15) : TimeSpan.Zero;
        After(instance, killed, () => End(instance, world.Chance.OneIn(20) ? ClientStatus.Failed : ClientStatus.Complete));
    }

    private void TryStart(Instance instance)
    {
        if (instance.Runs || instance.HasEnded || instance.IsStopping || IsCutOff(instance)
            || (instance.Allocation.Follows ?? []).Any(id => _instances.TryGetValue(id, out var followed) && !followed.HasEnded))
        {
            return;
        }

        instance.Runs = true;
        world.Checks.CheckStart(nodeId, instance.Allocation, Running);
        var temper = Temper.Of(instance.Allocation);
        After(instance, world.Chance.Seconds(0.5, 6), () => Begin(instance, temper));
    }

    /// <summary>What is not to go on without the control plane.</summary>
    private void EndCutOff(DateTimeOffset since)
    {
        if (since == _silentSince)
        {
            foreach (var instance in _instances.Values.Where(instance => !instance.HasEnded && IsCutOff(instance)).ToArray())
            {
                End(instance, ClientStatus.Complete);
            }
        }
    }

    private bool IsCutOff(Instance instance) => !IsOnline && world.Clock.GetUtcNow() >= _silentSince + PatienceOf(instance.Allocation);

    /// <summary>How long it goes on without the control plane; null: for ever.</summary>
    private static TimeSpan? PatienceOf(AssignedAllocation allocation) =>
        allocation.TaskGroup.Disconnect?.StopOnClientAfter is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / 100) : null;

    private void Begin(Instance instance, string temper)
    {
        if (instance.IsStopping)
        {
            return;
        }

        Change(instance, ClientStatus.Running);
        var chance = world.Chance;

        // In a quiet time nothing fails by itself: what fails again and again would never come to rest.
        var mayFail = !world.IsQuiet;
        if (instance.Allocation.JobType is JobTypes.Batch or JobTypes.SysBatch)
        {
            var failed = mayFail && (temper == Temper.Bad || chance.OneIn(10));
            After(instance, chance.Seconds(5, mayFail ? 600 : 20), () => EndByItself(instance, failed ? ClientStatus.Failed : ClientStatus.Complete));
            return;
        }

        var healthyAfter = temper == Temper.Slow ? chance.Seconds(60, 200) : chance.Seconds(10, 30);
        if (mayFail && (temper == Temper.Bad || chance.OneIn(40)))
        {
            After(instance, chance.Seconds(2, 60), () => EndByItself(instance, ClientStatus.Failed));
        }
        else
        {
            After(instance, healthyAfter, () => Found(instance, healthy: !chance.OneIn(50)));
        }

        if (temper == Temper.Flaky || chance.OneIn(6))
        {
            FailLater(instance);
        }
    }

    /// <summary>It counts for another deployment now: whether it is well is found again.</summary>
    private void FindAnew(Instance instance)
    {
        instance.Healthy = null;
        if (instance.Status == ClientStatus.Running && !instance.IsStopping)
        {
            After(instance, world.Chance.Seconds(10, 30), () => Found(instance, healthy: world.IsQuiet || !world.Chance.OneIn(50)));
        }
    }

    private void Found(Instance instance, bool healthy)
    {
        if (!instance.IsStopping)
        {
            instance.Healthy ??= healthy;
            Change(instance, ClientStatus.Running);
        }
    }

    /// <summary>Sometime in the hours to come; not while the world is to come to rest.</summary>
    private void FailLater(Instance instance) => world.Agenda.Background(world.Chance.Seconds(120, 6 * 3600), () =>
    {
        if (world.IsQuiet && IsCurrent(instance))
        {
            FailLater(instance);
        }
        else if (IsCurrent(instance))
        {
            EndByItself(instance, world.Chance.OneIn(8) ? ClientStatus.Complete : ClientStatus.Failed);
        }

        return Task.CompletedTask;
    });

    private void EndByItself(Instance instance, string status)
    {
        if (!instance.IsStopping)
        {
            instance.Healthy ??= status == ClientStatus.Failed ? false : null;
            End(instance, status);
        }
    }

    private void End(Instance instance, string status)
    {
        if (instance.HasEnded)
        {
            return;
        }

        (instance.Runs, instance.HasEnded) = (false, true);
        Change(instance, status);
        foreach (var other in _instances.Values.ToArray())
        {
            TryStart(other);
        }
    }

    private void Change(Instance instance, string status)
    {
        instance.Status = status;
        instance.Revision++;
        Tell(instance);
    }

    private void Tell(Instance instance)
    {
        var report = new AllocationReport
        {
            Id = instance.Allocation.Id,
            ClientStatus = instance.Status,
            Healthy = instance.Healthy,
            DeploymentId = instance.Allocation.DeploymentId,
            Revision = instance.Revision,
            Tasks = new Dictionary<string, TaskReport>(),
        };
        world.Agenda.In(world.Chance.OneIn(25) ? world.Chance.Seconds(10, 120) : world.Chance.Seconds(0, 2), () => SendAsync(instance, report));
        if (world.Chance.OneIn(25))
        {
            world.Agenda.In(world.Chance.Seconds(0, 120), () => SendAsync(instance, report));
        }
    }

    private Task SendAsync(Instance instance, AllocationReport report)
    {
        // What cannot be sent is told when the node is heard again.
        return IsOnline && _instances.ContainsKey(instance.Allocation.Id) ? world.Provisioning.ReportAsync(nodeId, report) : Task.CompletedTask;
    }

    private void After(Instance instance, TimeSpan delay, Action happen) => world.Agenda.In(delay, () =>
    {
        if (IsCurrent(instance))
        {
            happen();
        }
    });

    private bool IsCurrent(Instance instance) =>
        !instance.HasEnded && ReferenceEquals(_instances.GetValueOrDefault(instance.Allocation.Id), instance);

    private sealed class Instance(AssignedAllocation allocation)
    {
        public AssignedAllocation Allocation { get; set; } = allocation;
        public string Status { get; set; } = ClientStatus.Pending;
        public bool? Healthy { get; set; }
        public long Revision { get; set; }
        public bool Runs { get; set; }
        public bool IsStopping { get; set; }
        public bool HasEnded { get; set; }
    }
}

/// <summary>How the instances of a group behave; in the environment of its task, so that another temper is another definition.</summary>
internal static class Temper
{
    public const string Variable = "TEMPER";
    public const string Good = "good";
    public const string Flaky = "flaky";

    /// <summary>Never well: fails soon after each start.</summary>
    public const string Bad = "bad";

    /// <summary>Well, but late.</summary>
    public const string Slow = "slow";

    public static string Of(AssignedAllocation allocation) =>
        allocation.TaskGroup.Tasks?[0].Env?.GetValueOrDefault(Variable) ?? Good;
}

using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers.Libvirt.Interop;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// Runs virtual machines by libvirt. Holds nothing about them: a workload is its domain, found by a UUID computed from
/// its id, and what must be known beyond libvirt's own state stands in the domain's metadata (<see cref="DomainStamp"/>).
/// </summary>
public sealed class LibvirtDriver : IWorkloadDriver, IKeepsOutput, IDisposable
{
    private static readonly TimeSpan StopPoll = TimeSpan.FromMilliseconds(100);

    // A guest that has not loaded its button driver yet loses the event, so it is sent again.
    private static readonly TimeSpan PowerButtonRepeat = TimeSpan.FromSeconds(2);

    private readonly string _nodeId;
    private readonly LibvirtConnection _connection;
    private readonly DomainStart _start;
    private readonly DomainControl _control;
    private readonly TimeProvider _time;

    // A start and a removal of one workload at once would define it over itself, or undefine what is being started. The lock
    // is taken on the thread of the call, because a call goes on after its caller has cancelled. Workloads share locks by
    // hash; a start holds one for half a second.
    private readonly Lock[] _startLocks = [.. Enumerable.Range(0, 16).Select(_ => new Lock())];

    public LibvirtDriver(DriverSettings settings, LibvirtOptions options, TimeProvider time)
        : this(settings, options, VirConnect.Open, time)
    {
    }

    internal LibvirtDriver(
        DriverSettings settings, LibvirtOptions options, Func<string, VirConnect> open, TimeProvider time)
    {
        _nodeId = settings.NodeId;
        _time = time;
        _connection = new LibvirtConnection(options, open, time);
        _start = new DomainStart(options, settings.NodeId, time);
        _control = new DomainControl(time);
    }

    public string Name => DriverNames.Vm;

    public async Task<DriverCapability> FingerprintAsync(CancellationToken ct)
    {
        try
        {
            return await _connection.CallAsync(
                session =>
                {
                    var (libvirt, hypervisor) = session.Connect.Versions();
                    return new DriverCapability(
                        new DriverFingerprint(true, $"libvirt {libvirt}, QEMU {hypervisor}, {session.Host.DomainType}"),
                        new Dictionary<string, string>(StringComparer.Ordinal)
                        {
                            ["driver.vm"] = "1",
                            ["driver.vm.version"] = libvirt,
                            ["driver.vm.qemu.version"] = hypervisor,
                            ["driver.vm.type"] = session.Host.DomainType,
                            ["driver.qemu"] = "1",
                            ["driver.qemu.version"] = hypervisor,
                        });
                },
                ct);
        }
        catch (DriverException fault)
        {
            return new DriverCapability(
                new DriverFingerprint(false, fault.Message), new Dictionary<string, string>(StringComparer.Ordinal));
        }
    }

    public Task StartAsync(WorkloadSpec spec, CancellationToken ct) => CallAsync(
        session =>
        {
            lock (LockOf(spec.Id))
            {
                _start.Run(session, spec);
            }
        },
        ct);

    public Task<WorkloadStatus> InspectAsync(WorkloadId id, CancellationToken ct) =>
        OnDomainAsync(id, new WorkloadStatus(WorkloadState.Absent), _control.Observe, ct);

    public Task<IReadOnlyList<WorkloadId>> ListAsync(CancellationToken ct) =>
        _connection.CallAsync<IReadOnlyList<WorkloadId>>(
            session =>
            {
                var found = new List<WorkloadId>();
                foreach (var domain in session.Connect.ListAll())
                {
                    using (domain)
                    {
                        if (DomainControl.StampOf(domain) is { } stamp && stamp.NodeId == _nodeId)
                        {
                            found.Add(stamp.Workload);
                        }
                    }
                }

                return found;
            },
            ct);

    public async Task StopAsync(WorkloadId id, string signal, TimeSpan grace, CancellationToken ct)
    {
        var begun = _time.GetTimestamp();
        var pressed = begun - _time.TimestampFrequency * (long)PowerButtonRepeat.TotalSeconds;
        while (_time.GetElapsedTime(begun) < grace)
        {
            var press = _time.GetElapsedTime(pressed) >= PowerButtonRepeat;
            if (press)
            {
                pressed = _time.GetTimestamp();
            }

            if (!await OnDomainAsync(id, false, domain => _control.AskToPowerOff(domain, press), ct))
            {
                return;
            }

            await Task.Delay(StopPoll, _time, ct);
        }

        await OnDomainAsync(id, false, _control.PowerOff, ct);
    }

    public async Task SignalAsync(WorkloadId id, string signal, CancellationToken ct)
    {
        if (signal is not ("SIGTERM" or "SIGINT" or "SIGPWR"))
        {
            throw new DriverException(
                DriverFault.InvalidConfig,
                $"a virtual machine has no {signal}; SIGTERM, SIGINT and SIGPWR press its power button");
        }

        if (!await OnDomainAsync(id, false, domain => _control.AskToPowerOff(domain, press: true), ct))
        {
            throw new DriverException(DriverFault.NotFound, $"{id.Task} of {id.AllocationId} does not run");
        }
    }

    public Task RemoveAsync(WorkloadId id, CancellationToken ct) => OnDomainAsync(
        id,
        false,
        domain =>
        {
            lock (LockOf(id))
            {
                _control.PowerOff(domain);
                domain.Undefine();
                return true;
            }
        },
        ct);

    public async Task<string> ReadOutputTailAsync(WorkloadId id, int maxBytes, CancellationToken ct)
    {
        var path = await OnDomainAsync(id, null, domain => DomainControl.StampOf(domain)?.ConsolePath, ct);
        try
        {
            return path is null ? "" : ConsoleLog.ReadTail(path, maxBytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DriverException(DriverFault.Transient, $"the console cannot be read: {fault.Message}", fault);
        }
    }

    public ITaskOutput Output(string taskDirectory, string task, string type) =>
        type == "stdout" ? new ConsoleOutput(Path.Combine(taskDirectory, "logs", "console.log")) : new NoOutput();

    public Task<WorkloadStats?> ReadStatsAsync(WorkloadId id, CancellationToken ct) =>
        OnDomainAsync(
            id,
            null,
            domain =>
            {
                if (!domain.Condition().IsActive)
                {
                    return null;
                }

                var (cpuTime, memoryBytes) = domain.Usage();
                return new WorkloadStats(cpuTime, memoryBytes);
            },
            ct);

    public void Dispose() => _connection.Dispose();

    /// <summary>One step of <see cref="DomainStart"/>, for tests of what a start that was cut off there leaves behind.</summary>
    internal Task RunStepAsync(Action<LibvirtConnection.Session, DomainStart> step, CancellationToken ct) =>
        CallAsync(session => step(session, _start), ct);

    private Task<T> OnDomainAsync<T>(WorkloadId id, T ifAbsent, Func<VirDomain, T> body, CancellationToken ct)
    {
        var uuid = WorkloadDomainId.Of(_nodeId, id).Uuid;
        return _connection.CallAsync(
            session =>
            {
                using var domain = session.Connect.Find(uuid);
                try
                {
                    return domain is null ? ifAbsent : body(domain);
                }
                catch (LibvirtException fault) when (fault.IsNotFound)
                {
                    return ifAbsent; // removed since it was found
                }
            },
            ct);
    }

    private Task<bool> CallAsync(Action<LibvirtConnection.Session> body, CancellationToken ct) =>
        _connection.CallAsync(
            session =>
            {
                body(session);
                return true;
            },
            ct);

    private Lock LockOf(WorkloadId id) => _startLocks[(uint)id.GetHashCode() % _startLocks.Length];
}

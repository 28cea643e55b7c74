using Saas.EdgeAgent.Drivers.Libvirt.Interop;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// Runs calls on the daemon. libvirt's calls block, so they run on a few threads kept for them, and the caller waits
/// without one. The connection is made at the first call and made anew after it died: the call that notices
/// fails as <see cref="DriverFault.Transient"/>, because what it has done is not known; the next one connects.
/// <para>A daemon that hangs does not hang the agent: the caller gets <c>Transient</c> after the timeout, while the
/// thread keeps its slot until the daemon answers, so that no more threads than slots ever hang.</para>
/// </summary>
/// <param name="open">Connects to a URI; <see cref="VirConnect.Open"/>.</param>
internal sealed class LibvirtConnection(LibvirtOptions options, Func<string, VirConnect> open, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrentCalls);
    private readonly BlockingThreads _threads = new(options.MaxConcurrentCalls);
    private readonly Lock _gate = new();
    private Session? _session;

    /// <summary>
    /// Cancelling lets go of the caller only; the call itself, once begun, runs to its end.
    /// </summary>
    /// <exception cref="DriverException">Transient: the daemon is not there, has gone or did not answer in time. Others pass.</exception>
    public async Task<T> CallAsync<T>(Func<Session, T> body, CancellationToken ct)
    {
        if (!await _slots.WaitAsync(options.CallTimeout, ct))
        {
            throw new DriverException(DriverFault.Transient, $"libvirt is busy: no call ended within {options.CallTimeout}");
        }

        var call = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _threads.Post(() =>
        {
            try
            {
                call.SetResult(Run(body));
            }
            catch (Exception fault)
            {
                call.SetException(fault);
            }
            finally
            {
                _slots.Release();
            }
        });
        try
        {
            return await call.Task.WaitAsync(options.CallTimeout, time, ct);
        }
        catch (TimeoutException timeout)
        {
            throw new DriverException(
                DriverFault.Transient, $"libvirt did not answer within {options.CallTimeout}", timeout);
        }
    }

    public void Dispose()
    {
        _threads.Dispose();
        lock (_gate)
        {
            _session?.Connect.Dispose();
            _session = null;
        }
    }

    private T Run<T>(Func<Session, T> body)
    {
        Session? session = null;
        try
        {
            session = Acquire();
            return body(session);
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new DriverException(DriverFault.Transient, "libvirt.so.0 is not installed, or too old", fault);
        }
        catch (LibvirtException fault)
        {
            var dead = session is not null && Forget(session);
            throw dead || fault.IsUnavailable
                ? new DriverException(DriverFault.Transient, $"libvirt is not reachable: {fault.Message}", fault)
                : new DriverException(
                    fault.IsNotFound ? DriverFault.NotFound : DriverFault.Transient, fault.Message, fault);
        }
    }

    private Session Acquire()
    {
        lock (_gate)
        {
            if (_session is null)
            {
                var connect = open(options.Uri);
                try
                {
                    _session = new Session(connect, HostPlatform.Probe(connect, options));
                }
                catch
                {
                    connect.Dispose();
                    throw;
                }
            }

            return _session;
        }
    }

    /// <summary>Lets go of a session whose connection has died; the handle closes when the last call on it has returned.</summary>
    private bool Forget(Session session)
    {
        if (session.Connect.IsAlive)
        {
            return false;
        }

        lock (_gate)
        {
            if (_session == session)
            {
                _session = null;
            }
        }

        session.Connect.Dispose();
        return true;
    }

    /// <summary>A live connection and what was found out over it.</summary>
    internal sealed class Session(VirConnect connect, HostPlatform host)
    {
        public VirConnect Connect { get; } = connect;

        public HostPlatform Host { get; } = host;
    }
}

using System.Collections.Concurrent;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Sync;

/// <summary>
/// A session per project that has registrations, and always one for the default project: by it the machine itself is in
/// the catalog. A project that registrations call by several names has one session. It stays when its last registration
/// goes, or the registry would take the node for dead.
/// </summary>
internal sealed class SessionSet
{
    /// <summary>Who registers something waits for the registry to know of it, as with Consul; but not through an outage.</summary>
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, NodeSession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _claims = new(StringComparer.Ordinal);
    private readonly Pulse _opened = new();
    private readonly SessionParts _parts;

    public SessionSet(SessionParts shared) => _parts = shared with { Claim = name => _claims.GetOrAdd(shared.Names.IdOf(name)!, name) == name };

    public async Task RunAsync(CancellationToken ct)
    {
        var running = new List<Task>();
        while (!ct.IsCancellationRequested)
        {
            var changed = _parts.Store.Changed.Next;
            foreach (var project in _parts.Store.Current.Projects.Keys.Prepend(RegistrationStore.DefaultProject))
            {
                if (!_sessions.ContainsKey(project))
                {
                    var session = _sessions[project] = new NodeSession(project, _parts);
                    running.Add(session.RunAsync(ct));
                    _opened.Raise();
                }
            }

            // A session ends when it is told to, when another is its project's, or by a fault of ours: then all end.
            var ended = await Task.WhenAny([.. running, changed.WaitAsync(ct)]);
            await ended;
            if (running.Remove(ended))
            {
                _parts.Store.Changed.Raise();
                _opened.Raise();
            }
        }
    }

    /// <summary>What is known of the default project's session.</summary>
    public SessionStatus Default => _sessions.GetValueOrDefault(RegistrationStore.DefaultProject)?.Status ?? SessionStatus.Fresh;

    /// <summary>Until the registry knows what the store holds now; at most a few seconds, and not while it does not answer.</summary>
    public async Task<SessionStatus> FlushAsync(string ns, CancellationToken ct)
    {
        var version = _parts.Store.Current.Version;
        var started = _parts.Time.GetTimestamp();
        while (true)
        {
            var (status, progress) = Look(ns);
            var left = LongestFlush - _parts.Time.GetElapsedTime(started);
            if (status.Version >= version || !status.IsReached || left <= TimeSpan.Zero)
            {
                return status;
            }

            await progress.AtMostAsync(left, _parts.Time, ct);
        }
    }

    /// <summary>Until the registry knows what the store held at that version, however long that takes.</summary>
    public async Task ReachAsync(string ns, long version, CancellationToken ct)
    {
        while (true)
        {
            var (status, progress) = Look(ns);
            if (status.Version >= version)
            {
                return;
            }

            await progress.WaitAsync(ct);
        }
    }

    /// <summary>The task is taken first: what changes after the look completes it.</summary>
    private (SessionStatus Status, Task Progress) Look(string ns)
    {
        var opened = _opened.Next;
        var owner = _parts.Names.IdOf(ns) is { } id ? _claims.GetValueOrDefault(id, ns) : ns;
        if (!_sessions.TryGetValue(owner, out var session))
        {
            return (SessionStatus.Fresh, opened);
        }

        var progress = session.Progress;
        return (session.Status, progress);
    }
}

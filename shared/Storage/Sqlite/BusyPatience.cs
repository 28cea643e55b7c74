using System.Diagnostics;

namespace Saas.Storage.Sqlite;

/// <summary>
/// Waiting for another process's lock. SQLite's own <c>busy_timeout</c> will not do: the library of our package is
/// built without <c>usleep</c> and sleeps whole seconds, and a neighbour that commits all the time would never be met
/// between two commits. This asks again at once, then about every millisecond.
/// </summary>
internal struct BusyPatience(TimeSpan limit)
{
    private SpinWait _spin;
    private long _began;

    /// <summary>The first call returns at once; false when the limit has passed since.</summary>
    public bool WaitOnce()
    {
        if (_began == 0)
        {
            _began = Stopwatch.GetTimestamp();
            return true;
        }

        _spin.SpinOnce();
        return Stopwatch.GetElapsedTime(_began) < limit;
    }
}

namespace Saas.Registry.Log;

/// <summary>
/// The time of day that does not jump: what the wall clock said when the process began, and how long that is ago by the
/// monotonic clock. A clock that is set while we run ends no lease early and no lock's delay late.
/// </summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private readonly long _beganAt = time.GetTimestamp();

    public TimeProvider Time => time;

    public DateTimeOffset UtcNow => _began + time.GetElapsedTime(_beganAt);
}

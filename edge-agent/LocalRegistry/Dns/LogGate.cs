namespace Saas.LocalRegistry.Dns;

/// <summary>Lets a line through every ten seconds: what strangers send must not fill the log. Safe for concurrent use.</summary>
internal sealed class LogGate(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _last;
    private int _untold;

    /// <param name="untold">How often it was shut since the last line.</param>
    public bool TryPass(out int untold)
    {
        lock (_gate)
        {
            if (_last is { } last && time.GetElapsedTime(last) < Pause)
            {
                untold = ++_untold;
                return false;
            }

            (untold, _untold, _last) = (_untold, 0, time.GetTimestamp());
            return true;
        }
    }
}

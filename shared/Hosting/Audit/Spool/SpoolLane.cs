using Saas.Storage;

namespace Saas.Hosting.Audit.Spool;

/// <summary>
/// One tenant's way out of a spool: the bundle that is being written, and what comes after it, in order. A tenant whose
/// partition fails fills its own lane and nobody else's: what finds no room in it is skipped, and read again when there
/// is (see <see cref="SpoolShipper"/>).
/// </summary>
internal sealed class SpoolLane(TenantScope tenant, SpoolProgress progress)
{
    /// <summary>Bytes of a bundle. Two of them are held per tenant at the most.</summary>
    public const int Capacity = 512 * 1024;

    /// <summary>In real time. Most stores answer in a hundredth of it.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private SpoolLines _waiting = new();
    private SpoolLines _bundle = new();
    private long _takenTo;
    private long _begunAt;
    private int _failures;

    public TenantScope Tenant => tenant;

    public SpoolProgress Progress => progress;

    /// <summary>Being written, or to be written again as it is: what a failed write did is unknown.</summary>
    public SpoolLines Bundle => _bundle;

    public bool IsBusy { get; private set; }

    /// <summary>The first record that was skipped for want of room.</summary>
    public long? SkippedFrom { get; private set; }

    /// <summary>Since its first failure in a row; null: the last write worked.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>After a failure, until <see cref="Resume"/>.</summary>
    public bool IsPausing { get; private set; }

    /// <summary>When it was last written: whoever has waited longest is next.</summary>
    public long Turn { get; private set; }

    public bool HasLines => !_bundle.IsEmpty || !_waiting.IsEmpty;

    public bool IsDone => !HasLines && SkippedFrom is null;

    public int Bytes => _bundle.Length + _waiting.Length;

    /// <summary>Room again for what was skipped.</summary>
    public bool WantsSkipped => SkippedFrom is not null && _waiting.Length < Capacity / 2;

    public long FirstUnshipped => !_bundle.IsEmpty ? _bundle.Begin : !_waiting.IsEmpty ? _waiting.Begin : SkippedFrom ?? long.MaxValue;

    public DateTimeOffset? OldestAt => !_bundle.IsEmpty ? _bundle.OldestAt : _waiting.OldestAt;

    /// <summary>There is no sense in waiting until it has room.</summary>
    private bool IsSlow => FailingSince is not null || (IsBusy && TimeProvider.System.GetElapsedTime(_begunAt) > SlowAfter);

    public LaneTook Take(in SpoolLine line)
    {
        if (line.Begin < _takenTo || SkippedFrom is not null)
        {
            return LaneTook.Nothing;
        }

        if (_waiting.TryAdd(line))
        {
            _takenTo = line.End;
            return LaneTook.Line;
        }

        if (!IsSlow)
        {
            return LaneTook.IsFull;
        }

        SkippedFrom = line.Begin;
        return LaneTook.Nothing;
    }

    /// <summary>The reader goes back to what was skipped.</summary>
    public void TakeSkipped() => SkippedFrom = null;

    /// <summary>False: nothing to write.</summary>
    public bool Begin(long turn)
    {
        (Turn, _begunAt) = (turn, TimeProvider.System.GetTimestamp());
        if (_bundle.IsEmpty)
        {
            (_bundle, _waiting) = (_waiting, _bundle);
        }

        IsBusy = !_bundle.IsEmpty;
        return IsBusy;
    }

    public void Shipped()
    {
        _bundle.Clear();
        (IsBusy, FailingSince, _failures) = (false, null, 0);
    }

    /// <summary>The log had some of the bundle, from a life before this one: all is taken anew from there.</summary>
    /// <returns>Where to read from.</returns>
    public long Restart()
    {
        _bundle.Clear();
        _waiting.Clear();
        (IsBusy, SkippedFrom, _takenTo) = (false, null, progress.Offset);
        return _takenTo;
    }

    /// <returns>How long to pause.</returns>
    public TimeSpan Failed(DateTimeOffset now)
    {
        (IsBusy, IsPausing) = (false, true);
        FailingSince ??= now;
        var pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 10));
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    public void Resume() => IsPausing = false;
}

internal enum LaneTook
{
    Line,

    /// <summary>It had the line before, or skips it.</summary>
    Nothing,

    /// <summary>It has no room, and will have some soon.</summary>
    IsFull,
}

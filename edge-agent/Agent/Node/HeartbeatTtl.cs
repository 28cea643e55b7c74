namespace Saas.EdgeAgent.Node;

/// <summary>How long the control plane goes without hearing from us before it gives the node up; it tells us with each fingerprint.</summary>
internal sealed class HeartbeatTtl
{
    private int _seconds = 30;

    public int Seconds
    {
        set => Volatile.Write(ref _seconds, Math.Max(value, 3));
    }

    /// <summary>A third of it, 1 to 60 s: two lost requests do not take the node down.</summary>
    public TimeSpan LongestPoll => TimeSpan.FromSeconds(Math.Clamp(Volatile.Read(ref _seconds) / 3, 1, 60));
}

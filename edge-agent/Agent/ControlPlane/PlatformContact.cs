namespace Saas.EdgeAgent.ControlPlane;

/// <summary>
/// When the control plane last answered this node as its own: about when it last knew that the node lives. By the monotonic
/// clock, so that no set clock makes an outage. An agent that starts counts from its start, as Nomad's: it cannot know what
/// was before.
/// </summary>
internal sealed class PlatformContact(TimeProvider time)
{
    private long _heardAt = time.GetTimestamp();

    public TimeSpan Unheard => time.GetElapsedTime(Volatile.Read(ref _heardAt));

    public void Heard() => Volatile.Write(ref _heardAt, time.GetTimestamp());
}

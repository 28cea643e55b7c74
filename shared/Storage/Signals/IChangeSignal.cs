namespace Saas.Storage.Signals;

/// <summary>
/// "Something about this topic changed": wakes waiters early and drops caches. Level-triggered: a lost signal costs
/// latency, never correctness, so every waiter also looks again after its time-out.
/// </summary>
public interface IChangeSignal
{
    /// <summary>Rises with every <see cref="Raise"/> of the topic; 0 before the first.</summary>
    long Version(string topic);

    void Raise(string topic);

    /// <summary>
    /// Returns when the topic's version is above <paramref name="seen"/>, or after <paramref name="timeout"/>.
    /// Read <see cref="Version"/> before reading what it guards, then wait with it: no change is missed.
    /// </summary>
    Task WaitAsync(string topic, long seen, TimeSpan timeout, CancellationToken ct);
}

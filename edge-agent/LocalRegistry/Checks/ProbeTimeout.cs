namespace Saas.LocalRegistry.Checks;

/// <summary>The time that one look may take: over for the look alone, unless the agent stops.</summary>
internal sealed class ProbeTimeout : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _either;

    public ProbeTimeout(TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        _timeout = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, ct);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _timeout.Dispose();
    }
}

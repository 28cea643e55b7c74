namespace Saas.Encryption.Kv.Rows;

/// <summary>
/// One writer of a secret at a time in this process, so that those who come together wait rather than undo each other's
/// work; between processes the ETags decide. Secrets share gates: waiting for another one's is harmless.
/// </summary>
internal sealed class SecretGates : IDisposable
{
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1))];

    /// <returns>Lets the next one in when disposed.</returns>
    public async ValueTask<Turn> EnterAsync(string partition, string path, CancellationToken ct)
    {
        var gate = _gates[(uint)HashCode.Combine(partition, path) % _gates.Length];
        await gate.WaitAsync(ct);
        return new Turn(gate);
    }

    public void Dispose()
    {
        foreach (var gate in _gates)
        {
            gate.Dispose();
        }
    }

    public readonly struct Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

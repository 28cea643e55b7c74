using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Registry.Tests.Linearizability;

/// <summary>
/// A store behind a bad network: answers are late, calls fail before or after they took place, take place long after they
/// failed, or take place, lose their answer and are sent again by the adapter, which then hears that they cannot be.
/// Only the registry's own rows suffer.
/// </summary>
internal sealed class FaultyNetworkStore(ITableStore inner, int seed) : ITableStore
{
    private const string Suffering = "registry";

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private volatile bool _isOn;

    /// <summary>Off at first.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    public async ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct)
    {
        await ReadAsync(table, ct);
        return await inner.GetAsync(table, partition, row, ct);
    }

    public ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct) =>
        SendAsync(table, () => inner.WriteAsync(table, partition, write, CancellationToken.None));

    public ValueTask<BatchResult> WriteBatchAsync(string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
        SendAsync(table, () => inner.WriteBatchAsync(table, partition, writes, CancellationToken.None));

    public async ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct)
    {
        await ReadAsync(table, ct);
        return await inner.QueryAsync(table, partition, range, take, continuation, ct);
    }

    public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) =>
        inner.ScanAsync(table, take, continuation, ct);

    private async ValueTask ReadAsync(string table, CancellationToken ct)
    {
        if (!IsOn || table != Suffering)
        {
            return;
        }

        var (luck, pause) = Draw();
        await PauseAsync(luck < 400 ? pause : 0, ct);
        if (luck < 20)
        {
            throw new StorageUnavailableException("The read failed.");
        }
    }

    private async ValueTask<T> SendAsync<T>(string table, Func<ValueTask<T>> write)
    {
        if (!IsOn || table != Suffering)
        {
            return await write();
        }

        var (luck, pause) = Draw();
        await PauseAsync(luck % 2 == 0 ? pause : 0, CancellationToken.None);
        switch (luck)
        {
            case < 30:
                throw new StorageUnavailableException("The write did not take place.");
            case < 70:
                await write();
                throw new StorageUnavailableException("The write took place.");
            case < 90:
                _ = LaterAsync(write, 3 * pause);
                throw new StorageUnavailableException("The write is under way.");
            case < 120:
                await write();
                await PauseAsync(pause, CancellationToken.None);
                return await write();
            default:
                var result = await write();
                await PauseAsync(luck % 3 == 0 ? pause : 0, CancellationToken.None);
                return result;
        }
    }

    private static async Task LaterAsync<T>(Func<ValueTask<T>> write, int milliseconds)
    {
        await PauseAsync(milliseconds, CancellationToken.None);
        await write();
    }

    private static Task PauseAsync(int milliseconds, CancellationToken ct) =>
        milliseconds == 0 ? Task.CompletedTask : Task.Delay(milliseconds, ct);

    /// <summary>Luck in thousandths, and a pause of at most 8 ms.</summary>
    private (int Luck, int Pause) Draw()
    {
        lock (_gate)
        {
            return (_random.Next(1000), _random.Next(1, 9));
        }
    }
}

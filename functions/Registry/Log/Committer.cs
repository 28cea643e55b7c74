using System.Text.Json;
using Saas.Registry.State;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Registry.Log;

/// <summary>
/// Commits commands in the order they came, many in one entry.
/// <para>
/// Naive would be a batch a command: each then waits for the store's answer to the one before, and a hundred clients get a
/// hundredth of a store's pace each. Here whatever came while the last batch was under way makes the next one. A command
/// runs on the state with those before it, so that a lock asked for twice in one entry is granted once; nothing of that
/// is shown before the store has it. If another instance was faster all of them run again on what it left: the price of
/// writing through several instances is paid by the loser of each race, in time.
/// </para>
/// </summary>
internal sealed class Committer(Replica replica, LogStore log, SteadyClock clock)
{
    private const int MaxCommands = 512;
    private const int MaxGuards = 60;
    private const int MaxEntryBytes = 2 * LogRows.MaxPartBytes;

    private const int StreakLength = 16;

    /// <summary>Lost races and faults of the store before a command is given up.</summary>
    private const int MaxTries = 60;

    /// <summary>With a store that does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MaxRoom = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Queue<PendingCommand> _pending = new();
    private bool _isRunning;
    private int _streak;
    private TimeSpan _latency;

    public Task<T> ExecuteAsync<T>(Func<Draft, T> command)
    {
        var pending = new PendingCommand<T>(command);
        lock (_gate)
        {
            _pending.Enqueue(pending);
            if (_isRunning)
            {
                return pending.Done;
            }

            _isRunning = true;
        }

        // Not on the caller's time: its own command may be the first of many.
        _ = Task.Run(RunAsync);
        return pending.Done;
    }

    private async Task RunAsync()
    {
        while (Take() is { } batch)
        {
            try
            {
                await replica.InTurnAsync(() => CommitAsync(batch));
            }
            catch (Exception fault)
            {
                // Whoever waits must hear of it; who was answered already hears nothing.
                batch.ForEach(command => command.Fail(fault));
            }

            await MakeRoomAsync();
        }
    }

    private List<PendingCommand>? Take()
    {
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                (_isRunning, _streak) = (false, 0);
                return null;
            }

            var batch = new List<PendingCommand>(Math.Min(_pending.Count, MaxCommands));
            while (batch.Count < MaxCommands && _pending.TryDequeue(out var command))
            {
                batch.Add(command);
            }

            return batch;
        }
    }

    private async Task CommitAsync(List<PendingCommand> batch)
    {
        await replica.EnsureLoadedAsync(CancellationToken.None);
        await CommitAsync(batch, new Tried());
    }

    /// <param name="tried">Of these commands, perhaps together with others.</param>
    private async Task CommitAsync(List<PendingCommand> batch, Tried tried)
    {
        var began = clock.Time.GetTimestamp();
        for (var tries = 0; batch.Count > 0; tries++)
        {
            if (tries == MaxTries)
            {
                throw new StorageUnavailableException($"Others were faster {MaxTries} times.");
            }

            try
            {
                batch = await TryAsync(batch, tried);
            }
            catch (StorageUnavailableException) when (clock.Time.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(Pause(tries), clock.Time);
            }
        }
    }

    /// <summary>The commands that are still to be done.</summary>
    private async Task<List<PendingCommand>> TryAsync(List<PendingCommand> batch, Tried tried)
    {
        if (tried.Attempts.Count > 0)
        {
            await replica.CatchUpAsync(tried.Followed, CancellationToken.None);
        }

        if (tried.Found is { } done)
        {
            // Its batch had taken place; only the answer was lost.
            tried.Attempts.Remove(done.Stamp);
            done.TellAll();
            return [.. batch.Except(done.Commands)];
        }

        var attempt = Attempt.Run(batch, new RegistryStateAt(replica.Position.State, clock.UtcNow));
        if (attempt.IsEmpty)
        {
            if (await replica.CatchUpAsync(tried.Followed, CancellationToken.None))
            {
                return batch;
            }

            attempt.TellAll();
            return [];
        }

        var parts = Serialize(attempt);
        if (batch.Count > 1 && (parts.Sum(p => (long)p.Length) > MaxEntryBytes || attempt.Guards.Count > MaxGuards))
        {
            await CommitAsync([.. batch.Take(batch.Count / 2)], tried);
            return [.. batch.Skip(batch.Count / 2)];
        }

        return await WriteAsync(batch, attempt, parts, tried);
    }

    private async Task<List<PendingCommand>> WriteAsync(
        List<PendingCommand> batch, Attempt attempt, List<ReadOnlyMemory<byte>> parts, Tried tried)
    {
        var position = replica.Position;
        var sequence = position.Sequence + 1;
        var head = TablePartition.Bytes(new LogHead(sequence), StateJson.Default.LogHead);
        List<TableWrite> writes =
        [
            position.HeadETag is { } etag ? TableWrite.Replace(LogRows.Head, head, etag) : TableWrite.Insert(LogRows.Head, head),
            .. parts.Select((part, i) => TableWrite.Insert(LogRows.Entry(sequence, i), part)),
            .. attempt.Guards,
        ];
        tried.Attempts.Add(attempt.Stamp, attempt);
        var began = clock.Time.GetTimestamp();
        var written = await log.Partition.WriteBatchAsync(writes, CancellationToken.None);
        if (written.IsDone)
        {
            replica.Publish(
                position with
                {
                    State = attempt.State,
                    Sequence = sequence,
                    HeadETag = written.ETags[0],
                    TailBytes = position.TailBytes + parts.Sum(p => (long)p.Length),
                },
                attempt.Touched);
            attempt.TellAll();
            _latency = clock.Time.GetElapsedTime(began);
            return [];
        }

        if (written.FailedIndex > parts.Count)
        {
            var owner = attempt.OwnerOfGuard(written.FailedIndex - parts.Count - 1);
            owner.Fail(new GuardFailedException());
            return [.. batch.Where(command => command != owner)];
        }

        return batch;
    }

    /// <summary>
    /// Other instances must first read what this one wrote before they can write: who never pauses never lets them. So
    /// after a run of entries there is a pause as long as such a turn takes.
    /// </summary>
    private async Task MakeRoomAsync()
    {
        if (++_streak % StreakLength == 0)
        {
            var pause = 3 * _latency;
            await Task.Delay(pause < MaxRoom ? pause : MaxRoom, clock.Time);
        }
    }

    private static List<ReadOnlyMemory<byte>> Serialize(Attempt attempt)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new LogEntry(attempt.Stamp, attempt.FirstIndex, attempt.Changes), StateJson.Default.LogEntry);
        var parts = new List<ReadOnlyMemory<byte>>();
        for (var at = 0; at < bytes.Length; at += LogRows.MaxPartBytes)
        {
            parts.Add(bytes.AsMemory(at, Math.Min(LogRows.MaxPartBytes, bytes.Length - at)));
        }

        return parts;
    }

    /// <summary>Doubles up to a second and a quarter.</summary>
    private static TimeSpan Pause(int tries) => FirstPause * Math.Pow(2, Math.Min(tries, 6));

    /// <summary>What was tried for one batch, and what was seen in the log since.</summary>
    private sealed class Tried
    {
        public Dictionary<string, Attempt> Attempts { get; } = new(StringComparer.Ordinal);
        public Followed Followed { get; } = new();

        /// <summary>The attempt that is in the log, if one is.</summary>
        /// <exception cref="StorageUnavailableException">Whether one is cannot be told any more.</exception>
        public Attempt? Found
        {
            get
            {
                if (Followed.Reloaded && Attempts.Count > 0)
                {
                    throw new StorageUnavailableException("The log went on too far to tell whether the write took place.");
                }

                return Attempts.Where(a => Followed.Stamps.Contains(a.Key)).Select(a => a.Value).FirstOrDefault();
            }
        }
    }
}

namespace Saas.Registry.Log;

/// <summary>
/// Looks at a log's head for readers. A reader needs a look that began after it asked; while one is under way, all that
/// come meanwhile share the next: two looks at a time, however many ask. A store that answers at once, as the embedded one
/// does, is asked by everybody.
/// </summary>
internal sealed class HeadLooks(LogStore log)
{
    private readonly Lock _gate = new();
    private Task<string?>? _current;
    private Task<string?>? _next;

    /// <summary>The head's ETag at some moment after the call; null: no head.</summary>
    public ValueTask<string?> LookAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _current) is null)
        {
            var head = log.HeadAsync(CancellationToken.None);
            if (head.IsCompletedSuccessfully)
            {
                return ValueTask.FromResult(head.Result?.ETag);
            }

            return new ValueTask<string?>(Share(head).WaitAsync(ct));
        }

        lock (_gate)
        {
            if (_current is null)
            {
                return new ValueTask<string?>(Begin(log.HeadAsync(CancellationToken.None)).WaitAsync(ct));
            }

            return new ValueTask<string?>((_next ??= AfterAsync(_current)).WaitAsync(ct));
        }
    }

    /// <summary>Others may have begun one meanwhile; this one then serves its caller alone.</summary>
    private Task<string?> Share(ValueTask<Storage.Tables.TableRow?> head)
    {
        lock (_gate)
        {
            return _current is null ? Begin(head) : ETagOfAsync(head);
        }
    }

    private Task<string?> Begin(ValueTask<Storage.Tables.TableRow?> head)
    {
        var look = ETagOfAsync(head);
        if (!look.IsCompleted)
        {
            _current = look;
            _ = EndAsync(look);
        }

        return look;
    }

    private async Task EndAsync(Task<string?> look)
    {
        await ((Task)look).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (_current == look)
            {
                _current = null;
            }
        }
    }

    /// <summary>Never ends within the call: its caller must have set <see cref="_next"/> before it is cleared here.</summary>
    private async Task<string?> AfterAsync(Task<string?> current)
    {
        await ((Task)current).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<string?> look;
        lock (_gate)
        {
            _next = null;
            look = ETagOfAsync(log.HeadAsync(CancellationToken.None));
            _current = look;
        }

        _ = EndAsync(look);
        return await look;
    }

    private static async Task<string?> ETagOfAsync(ValueTask<Storage.Tables.TableRow?> head) => (await head)?.ETag;
}

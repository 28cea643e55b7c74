using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Checks;

/// <summary>Runs what the store's checks say is to be run. Level-triggered: it compares, and starts and ends the difference.</summary>
internal sealed class ProbeSet(RegistrationStore store, ProbeFactory probes, AliasChecks aliases, TimeProvider time)
{
    private readonly Dictionary<(string Project, string Id), Running> _running = [];

    public async Task RunAsync(CancellationToken ct)
    {
        // A loop ends when it is told to; by anything else, a fault of ours, all end.
        var fault = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var aliasing = aliases.RunAsync(ct);
        try
        {
            while (!ct.IsCancellationRequested)
            {
                var changed = store.Changed.Next;
                await EndAsync();
                Begin(fault, ct);
                await await Task.WhenAny(changed.WaitAsync(ct), fault.Task, aliasing);
            }
        }
        finally
        {
            foreach (var running in _running.Values)
            {
                await running.DisposeAsync();
            }

            await aliasing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EndAsync()
    {
        foreach (var (key, running) in _running.ToList())
        {
            var check = store.Project(key.Project).Checks.GetValueOrDefault(key.Id);
            if (!ReferenceEquals(check?.Definition, running.Definition))
            {
                _running.Remove(key);
                await running.DisposeAsync();
            }
        }
    }

    private void Begin(TaskCompletionSource fault, CancellationToken ct)
    {
        foreach (var (ns, project) in store.Current.Projects)
        {
            foreach (var (id, check) in project.Checks)
            {
                var definition = check.Definition;
                if (definition.IsRun && !_running.ContainsKey((ns, id)))
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
                    var loop = new ProbeLoop(ns, definition, store, time);
                    var task = definition.IsTtl ? loop.RunTtlAsync(stop.Token) : loop.RunAsync(probes.Create(definition), stop.Token);
                    _running[(ns, id)] = new Running(definition, task, stop, fault);
                }
            }
        }
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly Task _task;
        private readonly CancellationTokenSource _stop;

        public Running(CheckDefinition definition, Task task, CancellationTokenSource stop, TaskCompletionSource fault)
        {
            (Definition, _stop) = (definition, stop);
            _task = WatchAsync(task, fault);
        }

        public CheckDefinition Definition { get; }

        /// <summary>Does not wait for a look that is under way: its result is not taken any more.</summary>
        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _ = _task.ContinueWith(
                static (_, stop) => ((CancellationTokenSource)stop!).Dispose(), _stop, CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        private static async Task WatchAsync(Task task, TaskCompletionSource fault)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (task.IsFaulted)
            {
                fault.TrySetException(task.Exception!.InnerExceptions);
            }
        }
    }
}

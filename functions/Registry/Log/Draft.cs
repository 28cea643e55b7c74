using Saas.Registry.State;
using Saas.Storage.Tables;

namespace Saas.Registry.Log;

/// <summary>
/// What a command works on: the state with its own changes in it. A command is a function of this and nothing else, since
/// it runs again when somebody else was faster. It refuses by throwing <see cref="Consul.RegistryException"/>, and then
/// nothing of it is done.
/// </summary>
/// <param name="now">By this process's clock, which does not jump.</param>
internal sealed class Draft(RegistryState state, DateTimeOffset now)
{
    private readonly List<Change> _changes = [];
    private readonly List<TableWrite> _guards = [];
    private readonly List<string> _touched = [];

    public RegistryState State { get; private set; } = state;

    /// <summary>What the command's changes get, if it makes any.</summary>
    public ulong Index { get; } = state.Index + 1;

    public DateTimeOffset Now => now;

    public IReadOnlyList<Change> Changes => _changes;
    public IReadOnlyList<TableWrite> Guards => _guards;
    public IReadOnlyList<string> Touched => _touched;

    public bool IsEmpty => _changes.Count == 0;

    public void Apply(Change change)
    {
        var next = change.Apply(State, Index, _touched);
        if (!ReferenceEquals(next, State))
        {
            State = next with { Index = Index };
            _changes.Add(change);
        }
    }

    /// <summary>Is written in the same batch: where it cannot be, the command fails with <see cref="GuardFailedException"/>.</summary>
    public void Guard(TableWrite write) => _guards.Add(write);
}

/// <summary>A row that a command wrote beside the log was not as the command believed.</summary>
internal sealed class GuardFailedException() : Exception("A guarded row had changed.");

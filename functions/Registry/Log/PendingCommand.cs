using Saas.Registry.Consul;

namespace Saas.Registry.Log;

/// <summary>A command that waits for its commit.</summary>
internal abstract class PendingCommand
{
    /// <summary>Runs it on the draft. What it then says is told when the draft is committed, or was found to hold without a change.</summary>
    public abstract Action Run(Draft draft);

    public abstract void Fail(Exception fault);
}

internal sealed class PendingCommand<T>(Func<Draft, T> command) : PendingCommand
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Done => _done.Task;

    public override Action Run(Draft draft)
    {
        var result = command(draft);
        return () => _done.TrySetResult(result);
    }

    public override void Fail(Exception fault) => _done.TrySetException(fault);
}

/// <summary>Commands run one after the other on a state, ready to be committed together.</summary>
internal sealed class Attempt
{
    private readonly List<(PendingCommand Command, Action Tell)> _ran = [];
    private readonly List<PendingCommand> _guardOwners = [];

    private Attempt(RegistryStateAt begin) => (State, FirstIndex) = (begin.State, begin.State.Index + 1);

    public string Stamp { get; } = Guid.NewGuid().ToString("N");
    public State.RegistryState State { get; private set; }
    public ulong FirstIndex { get; }
    public List<IReadOnlyList<State.Change>> Changes { get; } = [];
    public List<Storage.Tables.TableWrite> Guards { get; } = [];
    public List<string> Touched { get; } = [];

    /// <summary>Nobody changed anything.</summary>
    public bool IsEmpty => Changes.Count == 0 && Guards.Count == 0;

    public static Attempt Run(IReadOnlyList<PendingCommand> commands, RegistryStateAt begin)
    {
        var attempt = new Attempt(begin);
        foreach (var command in commands)
        {
            attempt.Run(command, begin.Now);
        }

        return attempt;
    }

    public IEnumerable<PendingCommand> Commands => _ran.Select(ran => ran.Command);

    public void TellAll()
    {
        foreach (var (_, tell) in _ran)
        {
            tell();
        }
    }

    public PendingCommand OwnerOfGuard(int index) => _guardOwners[index];

    private void Run(PendingCommand command, DateTimeOffset now)
    {
        var draft = new Draft(State, now);
        Action tell;
        try
        {
            tell = command.Run(draft);
        }
        catch (Exception refusal)
        {
            // Told only once it is sure that the state it was refused on is the present one; a fault of ours as well.
            _ran.Add((command, () => command.Fail(refusal)));
            return;
        }

        _ran.Add((command, tell));
        foreach (var guard in draft.Guards)
        {
            Guards.Add(guard);
            _guardOwners.Add(command);
        }

        if (!draft.IsEmpty)
        {
            State = draft.State;
            Changes.Add(draft.Changes);
            Touched.AddRange(draft.Touched);
        }
    }
}

/// <param name="Now">By a clock that does not jump.</param>
internal readonly record struct RegistryStateAt(State.RegistryState State, DateTimeOffset Now);

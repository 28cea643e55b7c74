using Saas.Cluster;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>
/// The inbox on its way: most messages come at once, some late, some twice, some never. It knows of what the scheduler
/// may not have heard yet; what depends on that is not held against it.
/// </summary>
internal sealed class Post(SimulatedClock clock, Agenda agenda, Chance chance, TimeSpan resync)
{
    private readonly Dictionary<string, DateTimeOffset> _unheard = new(StringComparer.Ordinal);
    private List<InboxMessage> _arrived = [];

    public void Send(InboxMessage message)
    {
        var key = KeyOf(message.Kind, message.ProjectId, message.Id);
        switch (chance.Below(100))
        {
            case < 2:
                _unheard[key] = clock.GetUtcNow() + resync + TimeSpan.FromSeconds(1);
                break;
            case < 6:
                var delay = chance.Seconds(1, 60);
                _unheard[key] = clock.GetUtcNow() + resync + TimeSpan.FromSeconds(1);
                agenda.In(delay, () => Arrive(message, key));
                break;
            case < 9:
                Arrive(message, key);
                agenda.In(chance.Seconds(0, 60), () => _arrived.Add(message));
                break;
            default:
                Arrive(message, key);
                break;
        }
    }

    public IReadOnlyList<InboxMessage> Take()
    {
        var taken = _arrived;
        _arrived = [];
        return taken;
    }

    /// <summary>Whether the scheduler must know the row as it is.</summary>
    public bool IsHeard(string kind, string? project, string id) =>
        !_unheard.TryGetValue(KeyOf(kind, project, id), out var until) || until <= clock.GetUtcNow();

    public bool AllHeard => _unheard.Values.All(until => until <= clock.GetUtcNow());

    /// <summary>A new leader has read everything.</summary>
    public void EverythingIsHeard() => _unheard.Clear();

    private void Arrive(InboxMessage message, string key)
    {
        _unheard.Remove(key);
        _arrived.Add(message);
    }

    private static string KeyOf(string kind, string? project, string id) => $"{kind}|{project}|{id}";
}

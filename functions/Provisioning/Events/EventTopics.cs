using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Events;

/// <summary>
/// What a client wants to hear of: keys by topic. A key is a thing's id or one of its filter keys, <c>*</c> all of them. Of
/// topics that Nomad has and this platform has not, and of any other, nothing is ever told: clients ask for all that they know.
/// </summary>
internal sealed class EventTopics
{
    private const int MaxTopics = 256;

    private readonly Dictionary<string, HashSet<string>> _keys = new(StringComparer.Ordinal);

    private EventTopics()
    {
    }

    /// <summary>Named in the request; <see cref="EventTopic.All"/> is one of them.</summary>
    public IReadOnlyCollection<string> Named => _keys.Keys;

    /// <param name="texts"><c>Job</c>, <c>Job:web</c>, <c>*:web</c>; none: everything.</param>
    /// <exception cref="ProblemException">400: more than one colon, or too many.</exception>
    public static EventTopics Parse(IReadOnlyList<string?> texts)
    {
        var topics = new EventTopics();
        if (texts.Count > MaxTopics)
        {
            throw new ProblemException(NomadErrors.BadRequest("topic", $"Invalid topic query: at most {MaxTopics} topics, {texts.Count} came"));
        }

        foreach (var text in texts.Count == 0 ? [EventTopic.All] : texts)
        {
            var (topic, key) = (text ?? "").Split(':') switch
            {
                [var alone] => (alone, EventTopic.All),
                [var named, var of] => (named, of),
                _ => throw new ProblemException(NomadErrors.BadRequest("topic", $"Invalid topic query: error parsing topics: Invalid key value pair for topic, topic: {text}")),
            };
            if (!topics._keys.TryGetValue(topic, out var keys))
            {
                topics._keys[topic] = keys = new HashSet<string>(StringComparer.Ordinal);
            }

            keys.Add(key);
        }

        return topics;
    }

    public bool Matches(ClusterEvent e) => Has(e.Topic, e) || Has(EventTopic.All, e);

    private bool Has(string topic, ClusterEvent e) =>
        _keys.TryGetValue(topic, out var keys) && (keys.Contains(EventTopic.All) || keys.Contains(e.Key) || e.FilterKeys.Any(keys.Contains));
}

using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Intentions;

/// <summary>How intentions change: by name, and, as before Consul 1.9, by id.</summary>
internal static class IntentionCommands
{
    /// <summary>Makes it, or replaces the one of its pair, which then has no id any more.</summary>
    public static void Upsert(Draft draft, Intention intention, string? sourceType)
    {
        var others = draft.State.Intentions.To(intention.DestinationName);
        if (intention.Meta is not null)
        {
            throw RegistryException.Server(
                others.Count == 0 ? "Meta must not be specified" : "Meta must not be specified, or should be unchanged during an update.");
        }

        IntentionRules.CheckByName(intention, sourceType, Place(others, intention));
        Put(draft, intention);
    }

    /// <param name="id">A new one.</param>
    public static void Create(Draft draft, Intention intention, string? sourceType, string id)
    {
        IntentionRules.CheckWithId(intention, sourceType);
        RefuseTaken(draft, intention, "");
        Put(draft, intention with { ID = id, CreatedAt = draft.Now, UpdatedAt = draft.Now });
    }

    public static void Update(Draft draft, Intention intention, string? sourceType, string id)
    {
        var found = draft.State.Intentions.FindById(id) ?? throw RegistryException.Server($"Cannot modify non-existent intention: '{id}'");
        if (!IsSame(found.DestinationName, intention.DestinationName))
        {
            throw RegistryException.Server("Cannot modify Destination partition/namespace/name for an intention once it exists.");
        }

        IntentionRules.CheckWithId(intention, sourceType);
        RefuseTaken(draft, intention, found.ID);
        if (!IsSame(found.SourceName, intention.SourceName))
        {
            draft.Apply(new IntentionRemoved(found.SourceName, found.DestinationName));
        }

        Put(draft, intention with { ID = found.ID, CreatedAt = found.CreatedAt, UpdatedAt = draft.Now });
    }

    public static void Delete(Draft draft, string source, string destination) => draft.Apply(new IntentionRemoved(source, destination));

    public static void DeleteById(Draft draft, string id)
    {
        var found = draft.State.Intentions.FindById(id) ?? throw RegistryException.Server($"Cannot delete non-existent intention: '{id}'");
        Delete(draft, found.SourceName, found.DestinationName);
    }

    private static void Put(Draft draft, Intention intention)
    {
        draft.Apply(new IntentionPut(intention));
        if (draft.State.Intentions.Count > IntentionState.MaxIntentions)
        {
            throw new RegistryException(429, $"Too many intentions: a datacenter of a namespace has at most {IntentionState.MaxIntentions}");
        }
    }

    private static void RefuseTaken(Draft draft, Intention intention, string id)
    {
        if (draft.State.Intentions.Find(intention.SourceName, intention.DestinationName) is { } found && (id.Length == 0 || found.ID != id))
        {
            var others = draft.State.Intentions.To(intention.DestinationName);
            throw RegistryException.Server($"Sources[{others.Count(o => o.Precedence >= intention.Precedence)}] defines \"{intention.SourceName}\" more than once");
        }
    }

    private static int Place(IReadOnlyList<Intention> others, Intention intention)
    {
        var index = others.TakeWhile(o => !IsSame(o.SourceName, intention.SourceName)).Count();
        return index < others.Count ? index : others.Count(o => o.Precedence >= intention.Precedence);
    }

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}

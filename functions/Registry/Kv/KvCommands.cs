using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Kv;

/// <summary>What commands do to keys, by Consul's rules.</summary>
internal static class KvCommands
{
    /// <summary>Sets value and flags; a lock stays with its holder.</summary>
    public static void SetKey(this Draft draft, KvEntry entry)
    {
        var found = draft.State.Kv.Find(entry.Key);
        draft.Put(entry with { Session = found?.Session, LockIndex = found?.LockIndex ?? 0 });
    }

    /// <param name="index">The key's ModifyIndex as the client saw it; 0: it must not be there.</param>
    public static bool CasKey(this Draft draft, KvEntry entry, ulong index)
    {
        if ((draft.State.Kv.Find(entry.Key)?.ModifyIndex ?? 0) != index)
        {
            return false;
        }

        draft.SetKey(entry);
        return true;
    }

    /// <summary>Takes the lock for the session and sets the value; again, if the session holds it already.</summary>
    /// <exception cref="RegistryException">500: no such session.</exception>
    public static LockOutcome LockKey(this Draft draft, KvEntry entry, string session)
    {
        if (draft.State.Kv.Delays.IsDelayed(entry.Key, draft.Now))
        {
            return LockOutcome.Delayed;
        }

        if (session.Length == 0)
        {
            throw RegistryException.Server("missing session");
        }

        if (draft.State.Sessions.Find(session) is not { } holder)
        {
            throw RegistryException.Server($"invalid session \"{(session.Length > 64 ? session[..64] : session)}\"");
        }

        var found = draft.State.Kv.Find(entry.Key);
        if (found?.Session is { } other && other != holder.ID)
        {
            return LockOutcome.Held;
        }

        var times = found?.LockIndex ?? 0;
        draft.Put(entry with { Session = holder.ID, LockIndex = found?.Session is null ? times + 1 : times });
        return LockOutcome.Taken;
    }

    /// <summary>Gives the lock back and sets the value. False: the session does not hold it.</summary>
    public static bool UnlockKey(this Draft draft, KvEntry entry, string session)
    {
        if (session.Length == 0)
        {
            throw RegistryException.Server("missing session");
        }

        if (draft.State.Kv.Find(entry.Key) is not { } found
            || !string.Equals(found.Session, session, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        draft.Put(entry with { Session = null, LockIndex = found.LockIndex });
        return true;
    }

    public static void DeleteKey(this Draft draft, string key) => draft.Apply(new KvRemoved(key));

    /// <summary>True also if the key is not there.</summary>
    public static bool DeleteKeyCas(this Draft draft, string key, ulong index)
    {
        if (draft.State.Kv.Find(key) is { } found && found.ModifyIndex != index)
        {
            return false;
        }

        draft.DeleteKey(key);
        return true;
    }

    public static void DeleteKeys(this Draft draft, string prefix) => draft.Apply(new KvTreeRemoved(prefix));

    private static void Put(this Draft draft, KvEntry entry)
    {
        var before = draft.State.Kv;
        draft.Apply(new KvPut(entry));
        if (draft.State.Kv.Bytes > before.Bytes)
        {
            KvLimits.Check(draft.State.Kv);
        }
    }
}

internal enum LockOutcome
{
    Taken,

    /// <summary>By another session.</summary>
    Held,

    /// <summary>Its last holder lost its session just now.</summary>
    Delayed,
}

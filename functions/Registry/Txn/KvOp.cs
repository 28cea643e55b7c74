using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Registry.Consul;
using Saas.Registry.Kv;
using Saas.Registry.Log;

namespace Saas.Registry.Txn;

/// <summary>An operation on a key, or on all with a prefix.</summary>
internal sealed class KvOp : TxnOp
{
    private readonly string _verb;
    private readonly string _session;
    private readonly ulong _index;
    private readonly KvEntry _entry;

    /// <exception cref="RegistryException">400, 403, 413: the whole transaction is refused.</exception>
    public KvOp(KvOpBody body, TxnAccess access)
    {
        (_verb, _session, _index) = (body.Verb ?? "", body.Session ?? "", body.Index);
        _entry = new KvEntry { Key = KvLimits.Checked(body.Key ?? ""), Flags = body.Flags, Value = body.Value is { Length: > 0 } value ? value : null };
        if (body.Value?.Length > KvLimits.MaxValueBytes)
        {
            throw new RegistryException(
                StatusCodes.Status413PayloadTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"Value for key \"{Key}\" is too large ({body.Value.Length} > {KvLimits.MaxValueBytes} bytes)"));
        }

        var action = IsWrite ? KvRequests.Write : KvRequests.Read;
        if (_verb is "get-tree" or "delete-tree")
        {
            access.Demand(action, KvRequests.TreeResource(Key));
            KvRequests.RequireWholeTree(access.Request, action, Key);
        }
        else
        {
            access.Demand(action, KvRequests.Resource(Key));
        }
    }

    public override bool IsWrite => _verb is "set" or "cas" or "lock" or "unlock" or "delete" or "delete-cas" or "delete-tree";

    private string Key => _entry.Key;

    public override string? RefusalBefore(Draft draft) =>
        Key.Length == 0 && _verb != "delete-tree" ? "Must provide key"
        : _verb == "lock" && draft.State.Kv.Delays.IsDelayed(Key, draft.Now) ? $"failed to lock key \"{Key}\" due to lock delay"
        : null;

    public override IEnumerable<TxnResult> Run(Draft draft)
    {
        switch (_verb)
        {
            case "set":
                draft.SetKey(_entry);
                return Present(draft);
            case "cas":
                Require(draft.CasKey(_entry, _index), $"failed to set key \"{Key}\", index is stale");
                return Present(draft);
            case "lock":
                Require(draft.LockKey(_entry, _session) == LockOutcome.Taken, $"failed to lock key \"{Key}\", lock is already held");
                return Present(draft);
            case "unlock":
                Require(draft.UnlockKey(_entry, _session), $"failed to unlock key \"{Key}\", lock isn't held, or is held by another session");
                return Present(draft);
            case "delete":
                draft.DeleteKey(Key);
                return [];
            case "delete-cas":
                Require(draft.DeleteKeyCas(Key, _index), $"failed to delete key \"{Key}\", index is stale");
                return [];
            case "delete-tree":
                draft.DeleteKeys(Key);
                return [];
            default:
                return Read(draft.State.Kv);
        }
    }

    private IEnumerable<TxnResult> Read(KvState kv)
    {
        var found = kv.Find(Key);
        switch (_verb)
        {
            case "get":
                return [Result(found ?? throw new TxnOpException($"key \"{Key}\" doesn't exist"), withValue: true)];
            case "get-or-empty":
                return [Result(found ?? new KvEntry { Key = Key, Flags = _entry.Flags }, withValue: true)];
            case "get-tree":
                return kv.Entries.WithPrefix(Key).Select(entry => Result(entry, withValue: true));
            case "check-index":
                var indexed = found ?? throw new TxnOpException($"failed to check index, key \"{Key}\" doesn't exist");
                Require(indexed.ModifyIndex == _index, $"failed index check for key \"{Key}\", current modify index {indexed.ModifyIndex} != {_index}");
                return [Result(indexed, withValue: false)];
            case "check-session":
                var held = found ?? throw new TxnOpException($"failed to check session, key \"{Key}\" doesn't exist");
                Require(
                    string.Equals(held.Session ?? "", _session, StringComparison.OrdinalIgnoreCase),
                    $"failed session check for key \"{Key}\", current session \"{held.Session}\" != \"{_session}\"");
                return [Result(held, withValue: false)];
            case "check-not-exists":
                Require(found is null, $"key \"{Key}\" exists");
                return [];
            default:
                throw new TxnOpException($"unknown KV verb \"{(_verb.Length > 64 ? _verb[..64] : _verb)}\"");
        }
    }

    private IEnumerable<TxnResult> Present(Draft draft) => [Result(draft.State.Kv.Find(Key)!, withValue: false)];

    private static TxnResult Result(KvEntry entry, bool withValue) => json =>
    {
        json.WritePropertyName("KV"u8);
        KvJson.Write(json, entry, withValue);
    };

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new TxnOpException(message);
        }
    }
}

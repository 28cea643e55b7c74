using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

internal enum Presence
{
    /// <summary>It runs or will, as far as anybody knows.</summary>
    Here,

    /// <summary>Its node has just been found silent, and may come back.</summary>
    Disconnecting,

    /// <summary>Recorded as unknown. Its node is silent, or is back and has not yet told of it.</summary>
    Unknown,

    Lost,
}

/// <summary>What a node's silence means for a live allocation on it.</summary>
/// <param name="Until">When an unknown one is lost; null: never.</param>
internal readonly record struct Outage(Presence Presence, DateTimeOffset? Until)
{
    /// <summary>It may be heard again.</summary>
    public static bool MayReturn(NodeSpec? node) => node is { Revoked: false };

    /// <summary>Nothing is heard of it, or it does not exist.</summary>
    public static bool IsSilent(NodeSpec? node) => node is null or { Status: NodeStatus.Down or NodeStatus.Disconnected };

    /// <param name="live">See <see cref="AllocationState.IsLive"/>.</param>
    public static Outage Of(AllocationState live, GroupSpec group, NodeSpec? node, DateTimeOffset now)
    {
        var silent = IsSilent(node);
        if (!silent && live.Run != RunState.Unknown)
        {
            return new Outage(Presence.Here, null);
        }

        // What has not begun to run has nothing to wait for.
        if (!MayReturn(node) || live.Run is not (RunState.Running or RunState.Unknown))
        {
            return new Outage(Presence.Lost, null);
        }

        var presence = live.Run == RunState.Unknown ? Presence.Unknown : Presence.Disconnecting;
        if (group.StaysLost)
        {
            return new Outage(presence, null);
        }

        if (group.Disconnect is not { } rule)
        {
            // The rule went with a version, and the node is back: its agent's next report tells.
            return new Outage(silent ? Presence.Lost : Presence.Unknown, null);
        }

        var since = node!.SilentSince ?? (live.Run == RunState.Unknown ? live.EndedAt : null) ?? now;
        return since + rule.LostAfter > now
            ? new Outage(presence, since + rule.LostAfter)
            : new Outage(Presence.Lost, null);
    }

    /// <summary>Whether another one runs in the place of an unknown one.</summary>
    public static bool IsReplaced(GroupSpec group) => group is { StaysLost: false, Disconnect.Replace: true };
}

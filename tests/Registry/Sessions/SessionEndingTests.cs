using Saas.Discovery.Model;
using Saas.Registry.Kv;
using Saas.Registry.Log;
using Saas.Registry.Sessions;
using Saas.Registry.State;
using Saas.TestKit;

namespace Saas.Registry.Tests.Sessions;

/// <summary>What ends a session beside its owner: its node, its checks, its TTL.</summary>
public sealed class SessionEndingTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string Id = "11111111-2222-3333-4444-555555555555";

    private static readonly Dictionary<string, Action<Draft>> Ends = new(StringComparer.Ordinal)
    {
        ["node removed"] = d => d.RemoveNode("N1"),
        ["node renamed"] = d => d.PutNode(new Node { ID = "aaaaaaaa-0000-0000-0000-000000000000", Name = "n2", Address = "10.0.0.1" }),
        ["node's check critical"] = d => d.PutCheck(Check("alive", HealthStatus.Critical)),
        ["node's check removed"] = d => d.RemoveCheck("n1", "alive"),
        ["service's check critical"] = d => d.PutCheck(Check("web-up", HealthStatus.Critical) with { ServiceID = "web1" }),
        ["service removed with its check"] = d => d.RemoveService("n1", "web1"),
        ["service's id given to another"] = d => d.PutService("n1", new ServiceInstance { ID = "web1", Name = "other" }),
        ["not renewed"] = d => LeaseEnding.End(d, new LeaseTerm(Id, LeaseKind.Session, TimeSpan.FromSeconds(20), Id)),
        ["destroyed"] = d => d.EndSessions([Id]),
    };

    private static readonly Dictionary<string, Action<Draft>> Stays = new(StringComparer.Ordinal)
    {
        ["check warning"] = d => d.PutCheck(Check("alive", HealthStatus.Warning)),
        ["another check critical"] = d => d.PutCheck(Check("disk", HealthStatus.Critical)),
        ["another node removed"] = d => d.RemoveNode("n9"),
        ["node changed"] = d => d.PutNode(new Node { ID = "aaaaaaaa-0000-0000-0000-000000000000", Name = "n1", Address = "10.0.0.9" }),
        ["service changed"] = d => d.PutService("n1", new ServiceInstance { ID = "web1", Name = "web", Port = 81 }),
        ["another session destroyed"] = d => d.EndSessions(["22222222-2222-3333-4444-555555555555"]),
    };

    public static TheoryData<string> Ending => [.. Ends.Keys];

    public static TheoryData<string> Staying => [.. Stays.Keys];

    [Theory]
    [MemberData(nameof(Ending))]
    public void Session_WhatItStandsOnGoes_EndsAndItsLockIsFree(string what)
    {
        var draft = Run(Begin(), Ends[what]);

        Assert.True(draft.State.Sessions.Find(Id) is null, what);
        Assert.Empty(draft.State.Kv.HeldBy(Id));
        Assert.Null(draft.State.Kv.Find("lock")!.Session);
        Assert.True(draft.State.Kv.Delays.IsDelayed("lock", Now));
        Assert.False(draft.State.Leases.ContainsKey(Id));
        Assert.Contains(Watches.Key("lock"), draft.Touched);
        Assert.Contains(SessionTopics.All, draft.Touched);
        Assert.Equal(draft.Index, draft.State.Sessions.Index);
    }

    [Theory]
    [MemberData(nameof(Staying))]
    public void Session_SomethingElseChanges_Stays(string what)
    {
        var draft = Run(Begin(), Stays[what]);

        Assert.True(draft.State.Sessions.Find(Id) is not null, what);
        Assert.Equal(Id, draft.State.Kv.Find("lock")!.Session);
    }

    private static RegistryState Begin() => Run(RegistryState.Genesis, d =>
    {
        d.PutNode(new Node { ID = "aaaaaaaa-0000-0000-0000-000000000000", Name = "n1", Address = "10.0.0.1" });
        d.PutService("n1", new ServiceInstance { ID = "web1", Name = "web" });
        d.PutCheck(Check("alive", HealthStatus.Passing));
        d.PutCheck(Check("web-up", HealthStatus.Passing) with { ServiceID = "web1" });
        var session = new Session
        {
            ID = Id,
            Node = "n1",
            LockDelay = TimeSpan.FromSeconds(15),
            NodeChecks = ["alive"],
            ServiceChecks = [new SessionServiceCheck("web-up", null)],
        };
        d.BeginSession(session, TimeSpan.FromSeconds(10));
        d.LockKey(new KvEntry { Key = "lock" }, Id);
    }).State;

    private static Draft Run(RegistryState state, Action<Draft> change)
    {
        var draft = new Draft(state, Now);
        change(draft);
        return draft;
    }

    private static HealthCheck Check(string id, string status) => new() { Node = "n1", CheckID = id, Status = status };
}

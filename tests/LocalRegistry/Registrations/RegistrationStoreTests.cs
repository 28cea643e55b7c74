using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;
using Saas.LocalRegistry.Registrations;
using Saas.LocalRegistry.Tests.Fakes;
using Saas.TestKit;

namespace Saas.LocalRegistry.Tests.Registrations;

public sealed class RegistrationStoreTests
{
    private const string Ns = RegistrationStore.DefaultProject;

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryFiles _files = new();

    [Fact]
    public async Task A_ttl_check_becomes_critical_when_nothing_is_heard_and_recovers()
    {
        var store = Store();
        store.Register(Ns, Service("web"), [Ttl("t", 10)], replaceChecks: true);
        using var stop = new CancellationTokenSource();
        var loop = new ProbeLoop(Ns, store.Project(Ns).Checks["t"].Definition, store, _time).RunTtlAsync(stop.Token);

        store.Hear(Ns, "t", CheckResult.Passing("fine"));
        _time.Advance(TimeSpan.FromSeconds(9));
        store.Hear(Ns, "t", CheckResult.Passing("fine"));
        await Poll.UntilAsync(() => _time.ArmedTimers > 0, "the TTL's timer");
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(HealthStatus.Passing, store.Project(Ns).Checks["t"].Status);

        await Poll.UntilAsync(() => Advanced(1, () => store.Project(Ns).Checks["t"].Status == HealthStatus.Critical), "expiry");
        Assert.Equal("TTL expired (last output before timeout follows): fine", store.Project(Ns).Checks["t"].Output);
        store.Hear(Ns, "t", CheckResult.Passing("back"));
        Assert.Equal(HealthStatus.Passing, store.Project(Ns).Checks["t"].Status);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    [Fact]
    public void A_service_that_is_registered_again_keeps_the_states_of_its_checks()
    {
        var store = Store();
        store.Register(Ns, Service("web"), [Ttl("a", 10), Ttl("b", 10)], replaceChecks: false);
        store.Hear(Ns, "a", CheckResult.Passing("ok"));

        store.Register(Ns, Service("web", 81), [Ttl("a", 20)], replaceChecks: false);
        Assert.Equal(HealthStatus.Passing, store.Project(Ns).Checks["a"].Status);
        Assert.True(store.Project(Ns).Checks.ContainsKey("b"));

        store.Register(Ns, Service("web", 81), [Ttl("a", 20)], replaceChecks: true);
        Assert.False(store.Project(Ns).Checks.ContainsKey("b"));
    }

    [Fact]
    public void Registering_the_same_again_changes_nothing()
    {
        var store = Store();
        store.Register(Ns, Service("web"), [Ttl("a", 10)], replaceChecks: true);
        var (version, definition) = (store.Current.Version, store.Project(Ns).Checks["a"].Definition);

        store.Register(Ns, Service("web"), [Ttl("a", 10)], replaceChecks: true);

        Assert.Equal(version, store.Current.Version);
        Assert.Same(definition, store.Project(Ns).Checks["a"].Definition);
    }

    [Fact]
    public void A_result_of_a_check_that_was_replaced_is_not_taken()
    {
        var store = Store();
        var old = Ttl("a", 10);
        store.Register(Ns, Service("web"), [old], replaceChecks: true);
        store.Register(Ns, Service("web"), [Ttl("a", 20)], replaceChecks: true);

        store.Report(Ns, old, CheckResult.Passing("late"));

        Assert.Equal(HealthStatus.Critical, store.Project(Ns).Checks["a"].Status);
    }

    [Fact]
    public void A_restart_keeps_a_ttl_state_until_its_time_is_over()
    {
        var store = Store();
        store.Register(Ns, Service("web"), [Ttl("short", 10), Ttl("long", 600)], replaceChecks: true);
        store.Hear(Ns, "short", CheckResult.Passing("s"));
        store.Hear(Ns, "long", CheckResult.Passing("l"));
        store.States.Write(store.Current.Projects);
        _time.Advance(TimeSpan.FromSeconds(30));

        var again = Store();

        Assert.Equal(HealthStatus.Critical, again.Project(Ns).Checks["short"].Status);
        Assert.Equal(HealthStatus.Passing, again.Project(Ns).Checks["long"].Status);
        Assert.Equal("l", again.Project(Ns).Checks["long"].Output);
    }

    [Fact]
    public void Reap_CriticalForTooLong_DeregistersAtTheEarliestAfterAMinute()
    {
        var store = Store();
        store.Register(Ns, Service("web"), [Ttl("a", 10) with { DeregisterCriticalServiceAfter = TimeSpan.FromSeconds(5) }], replaceChecks: true);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Empty(store.Reap());

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal([(Ns, "web")], store.Reap());
        Assert.Empty(store.Project(Ns).Services);
        Assert.Empty(store.Project(Ns).Checks);
    }

    [Fact]
    public void Declare_LeavesUsersAndUndecidedAlone_AndRemovesTheRest()
    {
        var store = Store();
        store.Register(Ns, Service("users"), [], replaceChecks: true);
        OwnedService Owned(string id) => new("proj", new LocalService(new ServiceInstance { ID = id, Name = id }, "alloc-" + id), [Ttl("c-" + id, 10) with { ServiceId = id }]);
        store.Declare([Owned("a"), Owned("b"), Owned("c")], new HashSet<string>());

        store.Declare([Owned("a")], new HashSet<string> { "alloc-b" });

        Assert.Equal(["a", "b"], store.Project("proj").Services.Keys);
        Assert.Equal(["c-a", "c-b"], store.Project("proj").Checks.Keys);
        Assert.Equal(["users"], store.Project(Ns).Services.Keys);
        var version = store.Current.Version;
        store.Declare([Owned("a")], new HashSet<string> { "alloc-b" });
        Assert.Equal(version, store.Current.Version);
    }

    [Fact]
    public void Node_maintenance_holds_in_every_project_and_in_those_to_come()
    {
        var store = Store();
        store.Register(Ns, Service("web"), [], replaceChecks: true);
        store.SetNodeMaintenance(enable: true, "repair");
        store.Register("other", Service("api"), [], replaceChecks: true);

        Assert.Equal("repair", store.Project(Ns).Checks[HealthStatus.NodeMaintenance].Output);
        Assert.True(store.Project("other").Checks.ContainsKey(HealthStatus.NodeMaintenance));
        store.SetNodeMaintenance(enable: false, "");
        Assert.False(store.Project("other").Checks.ContainsKey(HealthStatus.NodeMaintenance));
    }

    private RegistrationStore Store() => new(_files, _time);

    private bool Advanced(int seconds, Func<bool> condition)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return condition();
    }

    private static LocalService Service(string name, int port = 80) => new(new ServiceInstance { ID = name, Name = name, Port = port });

    private static CheckDefinition Ttl(string id, int seconds) => new() { Id = id, Name = id, ServiceId = "web", Ttl = TimeSpan.FromSeconds(seconds) };
}

using Microsoft.Extensions.Logging.Abstractions;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;
using Saas.LocalRegistry.Registrations;
using Saas.LocalRegistry.Sync;
using Saas.LocalRegistry.Tests.Fakes;
using Saas.LocalRegistry.View;
using Saas.TestKit;

namespace Saas.LocalRegistry.Tests.Sync;

public sealed class DriftTests
{
    private const string Ns = RegistrationStore.DefaultProject;
    private const string Node = "n";

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("as told", false)]
    [InlineData("an older view", false)]
    [InlineData("node gone", true)]
    [InlineData("service gone", true)]
    [InlineData("service changed", true)]
    [InlineData("service added", true)]
    [InlineData("check gone", true)]
    [InlineData("status changed", true)]
    [InlineData("the registry's own check", false)]
    public void HasDrifted_OnlyWhereTheCatalogHasAnotherOfOurNode(string change, bool expected)
    {
        var store = new RegistrationStore(new MemoryFiles(), _time);
        var web = new ServiceInstance { ID = "web", Name = "web", Port = 80 };
        store.Register(Ns, new LocalService(web), [new CheckDefinition { Id = "c", Name = "c", ServiceId = "web", Ttl = TimeSpan.FromMinutes(1) }], replaceChecks: true);
        var ledger = new NodeLedger(Node, () => TimeSpan.FromMinutes(5));
        var (services, checks) = ledger.TakeAll(store.Project(Ns), TimeSpan.Zero);
        var catalog = CatalogState.Empty.WithWholeNode(new Node { Name = Node, Address = "a" }, services, checks, 10, []);
        catalog = change switch
        {
            "node gone" => catalog.WithoutNode(Node, 11, []),
            "service gone" => catalog.WithoutService(Node, "web", 11, []),
            "service changed" => catalog.WithService(Node, web with { Port = 81 }, 11, []),
            "service added" => catalog.WithService(Node, web with { ID = "other" }, 11, []),
            "check gone" => catalog.WithoutCheck(Node, "c", 11, []),
            "status changed" => catalog.WithCheck(checks[0] with { Status = HealthStatus.Passing }, 11, []),
            "the registry's own check" => catalog.WithCheck(new HealthCheck { Node = Node, CheckID = HealthStatus.AgentAlive, Status = HealthStatus.Passing }, 11, []),
            "an older view" => CatalogState.Empty,
            _ => catalog,
        };
        var files = new MemoryFiles();
        new ViewFile(files).Write(new CatalogView(catalog, change == "an older view" ? 9u : 11u, "dc1", 0));
        var views = new CatalogViews(Node, new RegistryClient(null!, _time), files, _time, NullLogger.Instance);

        var drifted = new DriftCheck(views, Node, _time).HasDrifted(Ns, ledger, new SessionStatus(1, 1, 10, "dc1", IsReached: true));

        Assert.True(expected == drifted, change);
    }
}

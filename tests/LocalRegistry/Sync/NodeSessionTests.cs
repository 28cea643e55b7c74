using System.Net;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Tests.Fakes;
using Saas.TestKit;

namespace Saas.LocalRegistry.Tests.Sync;

public sealed class NodeSessionTests
{
    private const string Web = """{"Name":"web","Port":80,"Check":{"TTL":"10m"}}""";

    [Fact]
    public async Task A_machine_without_services_is_in_the_catalog_itself()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();

        await Poll.UntilAsync(() => registry.Catalog().FindNode(LocalMachine.Node) is not null, "the node");
        var node = registry.Catalog().FindNode(LocalMachine.Node)!.Node;
        Assert.Equal("127.0.0.1", node.Address);
        Assert.Equal("node_1", node.Meta!["saas-node"]);
    }

    [Fact]
    public async Task What_was_registered_is_in_the_catalog_when_the_answer_comes()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await machine.PutAsync("/v1/agent/service/register", Web)).Status);
        Assert.Equal(80, registry.Service(LocalMachine.Node, "web")!.Port);
        Assert.Equal(HealthStatus.Critical, registry.Check(LocalMachine.Node, "service:web")!.Status);

        await machine.PutAsync("/v1/agent/check/pass/service:web?note=fine");
        Assert.Equal(HealthStatus.Passing, registry.Check(LocalMachine.Node, "service:web")!.Status);

        await machine.PutAsync("/v1/agent/service/deregister/web");
        Assert.Null(registry.Service(LocalMachine.Node, "web"));
        Assert.Null(registry.Check(LocalMachine.Node, "service:web"));
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_repeated_under_its_number_and_changes_go_on()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();
        await machine.PutAsync("/v1/agent/service/register", Web);

        registry.AnswersToLose = 2;
        await machine.PutAsync("/v1/agent/check/pass/service:web");
        await machine.PutAsync("/v1/agent/service/register", """{"Name":"other"}""");
        await Poll.UntilAsync(() => registry.Service(LocalMachine.Node, "other") is not null, "the change after the lost answer");

        Assert.Equal(HealthStatus.Passing, registry.Check(LocalMachine.Node, "service:web")!.Status);
        Assert.Equal(1, registry.FullMessages);
        var numbers = registry.Messages.Select(m => m.Message).Where(m => !m.Full && m.Checks.Count + m.Services.Count > 0).Select(m => m.Sequence).ToList();
        Assert.True(numbers.Count > numbers.Distinct().Count(), "Nothing was repeated.");
        Assert.Equal(numbers.Order(), numbers);
    }

    [Fact]
    public async Task An_agent_that_starts_again_tells_everything_in_a_new_generation_and_keeps_states()
    {
        await using var registry = await FakeRegistry.StartAsync();
        var machine = await new LocalMachine(registry).StartAsync();
        await machine.PutAsync("/v1/agent/service/register", Web);
        await machine.PutAsync("/v1/agent/check/pass/service:web");
        await machine.StopAsync();

        await machine.StartAsync();
        await Poll.UntilAsync(() => registry.FullMessages == 2, "the second full message");

        var generations = registry.Messages.Select(m => m.Message).Where(m => m.Full).Select(m => m.Generation).ToList();
        Assert.Equal(generations.Distinct().Order(), generations);
        Assert.Equal(HealthStatus.Passing, registry.Check(LocalMachine.Node, "service:web")!.Status);
        await machine.DisposeAsync();
    }

    [Fact]
    public async Task An_agent_that_lost_its_folder_learns_which_generations_were_used()
    {
        await using var registry = await FakeRegistry.StartAsync();
        for (var life = 0; life < 3; life++)
        {
            await using var earlier = await new LocalMachine(registry, new MemoryFiles()).StartAsync();
            await earlier.PutAsync("/v1/agent/service/register", Web);
        }

        await using var machine = await new LocalMachine(registry, new MemoryFiles()).StartAsync();
        await Poll.UntilAsync(() => registry.Service(LocalMachine.Node, "web") is null, "the new life's view, which has no service", timeout: TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task After_an_outage_the_registry_is_told_what_changed_meanwhile()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();
        await machine.PutAsync("/v1/agent/service/register", Web);

        registry.IsAway = true;
        Assert.Equal(HttpStatusCode.OK, (await machine.PutAsync("/v1/agent/service/register", """{"Name":"late"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await machine.PutAsync("/v1/agent/service/deregister/web")).Status);
        Assert.Contains("\"web\"", (await machine.GetAsync("/v1/catalog/service/web")).Body, StringComparison.Ordinal);

        registry.IsAway = false;
        await Poll.UntilAsync(
            () => registry.Service(LocalMachine.Node, "late") is not null && registry.Service(LocalMachine.Node, "web") is null,
            "what was registered and deregistered in the outage",
            timeout: TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_node_that_was_given_up_comes_back_with_everything()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();
        await machine.PutAsync("/v1/agent/service/register", Web);

        registry.GiveUp(LocalMachine.Node);
        Assert.Equal(HealthStatus.Critical, registry.Check(LocalMachine.Node, HealthStatus.AgentAlive)!.Status);
        await machine.PutAsync("/v1/agent/check/pass/service:web");

        await Poll.UntilAsync(() => registry.Check(LocalMachine.Node, HealthStatus.AgentAlive)!.Status == HealthStatus.Passing, "the node's return");
        Assert.Equal(HealthStatus.Passing, registry.Check(LocalMachine.Node, "service:web")!.Status);
    }

    [Fact]
    public async Task A_project_that_is_called_by_name_and_by_id_has_one_session()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();
        await machine.PutAsync("/v1/agent/service/register", """{"Name":"by-name"}""");
        await machine.PutAsync($"/v1/agent/service/register?ns={FakeRegistry.DefaultProject}", """{"Name":"by-id"}""");
        await machine.PutAsync("/v1/agent/service/register?ns=proj_2", """{"Name":"elsewhere"}""");

        await Poll.UntilAsync(
            () => registry.Service(LocalMachine.Node, "by-id") is not null && registry.Service(LocalMachine.Node, "elsewhere", "proj_2") is not null, "both projects");
        Assert.NotNull(registry.Service(LocalMachine.Node, "by-name"));
        Assert.Equal(1, registry.Messages.Count(m => m is { Project: FakeRegistry.DefaultProject, Message.Full: true }));
    }

    [Fact]
    public async Task A_full_disk_refuses_a_registration_and_nothing_changes()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();

        machine.Files.IsFull = true;
        Assert.Equal(HttpStatusCode.InternalServerError, (await machine.PutAsync("/v1/agent/service/register", Web)).Status);
        Assert.Equal("{}", (await machine.GetAsync("/v1/agent/services")).Body);

        machine.Files.IsFull = false;
        Assert.Equal(HttpStatusCode.OK, (await machine.PutAsync("/v1/agent/service/register", Web)).Status);
    }
}

using System.Text;
using Saas.Billing.Metering;
using Saas.Billing.Tests.Shared;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.TestKit;

namespace Saas.Billing.Tests.Metering;

public sealed class UsageIngestTests
{
    private readonly FakeTimeProvider _time = new(UsageBench.Start);
    private readonly UsageBench _bench;

    public UsageIngestTests() => _bench = new UsageBench(new InMemoryTableStore(), _time);

    [Theory]
    [InlineData("not json", "JSON cannot be read")]
    [InlineData("null", "missing")]
    [InlineData("{}", "missing")]
    [InlineData("""{"tenant":"ten_x","items":[]}""", "missing")]
    [InlineData("""{"tenant":"ten_01k00000000000000000000000"}""", "missing")]
    [InlineData("""{"tenant":"ten_01k00000000000000000000000","items":[null]}""", "items[0] is null")]
    [InlineData("""{"tenant":"ten_01k00000000000000000000000","items":[{"id":"x","quantity":1.5}]}""", "JSON cannot be read")]
    public async Task NotAUsageMessage_IsPoisonWithTheReason(string body, string reason)
    {
        var poison = await Assert.ThrowsAsync<PoisonMessageException>(
            () => _bench.Ingest.HandleAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None));

        Assert.Contains(reason, poison.Message, StringComparison.Ordinal);
        Assert.Empty(await _bench.SumsAsync());
    }

    public static TheoryData<string, UsageItem, string> Faults()
    {
        var good = new UsageItem("id", Meters.Vcpu, null, UsageBench.Start, 1);
        return new TheoryData<string, UsageItem, string>
        {
            { "no id", good with { Id = "" }, "id:" },
            { "null id", good with { Id = null! }, "id:" },
            { "white space in the id", good with { Id = "a b" }, "id:" },
            { "not ASCII in the id", good with { Id = "ä" }, "id:" },
            { "long id", good with { Id = new string('x', 161) }, "id:" },
            { "unknown meter", good with { Meter = "disk" }, "meter:" },
            { "null meter", good with { Meter = null! }, "meter:" },
            { "not a project", good with { ProjectId = "prj_1|x" }, "projectId:" },
            { "negative", good with { Quantity = -1 }, "quantity:" },
            { "huge", good with { Quantity = long.MaxValue }, "quantity:" },
            { "late", good with { At = UsageBench.Start.AddDays(-7).AddTicks(-1) }, "at: more than 7 days ago" },
            { "in the future", good with { At = UsageBench.Start.AddMinutes(61) }, "at: in the future" },
        };
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task AnItemWithAFault_IsPoisonAndTheOthersAreCounted(string situation, UsageItem faulty, string reason)
    {
        Assert.NotEmpty(situation);
        var good = _bench.Items(3);

        var poison = await Assert.ThrowsAsync<PoisonMessageException>(() => _bench.DeliverAsync(good[0], faulty, good[1], good[2]));

        Assert.Contains("1 of 4 items", poison.Message, StringComparison.Ordinal);
        Assert.Contains("items[1] " + reason, poison.Message, StringComparison.Ordinal);
        Assert.Equal(_bench.SumsOf(good), await _bench.SumsAsync());
    }

    [Theory]
    [InlineData("the longest id", 160)]
    [InlineData("the shortest id", 1)]
    public async Task AnIdOfSpecialCharacters_IsCounted(string situation, int length)
    {
        Assert.NotEmpty(situation);
        var item = _bench.Item(0) with { Id = new string('/', length) };

        await _bench.DeliverAsync(item);
        await _bench.DeliverAsync(item);

        Assert.Equal(_bench.SumsOf([item]), await _bench.SumsAsync());
    }

    [Fact]
    public void FaultOf_TheEdgesOfWhatIsAccepted_HaveNoFault()
    {
        var now = UsageBench.Start;
        Assert.Null(UsageItemRules.FaultOf(_bench.Item(0) with { At = now.AddDays(-7) }, now));
        Assert.Null(UsageItemRules.FaultOf(_bench.Item(0) with { At = now.AddMinutes(60) }, now));
        Assert.Null(UsageItemRules.FaultOf(_bench.Item(0) with { Quantity = 0 }, now));
        Assert.Null(UsageItemRules.FaultOf(_bench.Item(0) with { Quantity = UsageItemRules.MaxQuantity }, now));
    }
}

using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Billing.Rating;
using Saas.Cluster;
using Saas.TestKit;

namespace Saas.Billing.Tests.Rating;

public sealed class PriceBookFileTests
{
    private const string Vcpu = """{"meter":"vcpu","unit":"vCPU-second","effectiveFrom":"2026-01-01T00:00:00Z","nanoPerUnit":1}""";
    private const string Memory = """{"meter":"memory","unit":"GiB-second","effectiveFrom":"2026-01-01T00:00:00Z","nanoPerUnit":1}""";
    private const string Calls = """{"meter":"apicalls","unit":"1000 calls","effectiveFrom":"2026-01-01T00:00:00Z","nanoPerUnit":1}""";

    /// <summary>Of every meter that the tests do not name.</summary>
    private static readonly string Others = string.Concat(MeterUnit.AllMeters
        .Except([Meters.Vcpu, Meters.Memory, Meters.ApiCalls])
        .Select(meter => $$""",{"meter":"{{meter}}","unit":"10000 operations","effectiveFrom":"2026-01-01T00:00:00Z","nanoPerUnit":1}"""));

    [Fact]
    public void Load_TheFileWeShip_HasAPriceForEveryMeter()
    {
        var book = PriceBookFile.Load(Path.Combine(AppContext.BaseDirectory, "prices.json"));

        Assert.All(MeterUnit.AllMeters, meter => Assert.NotEmpty(book.Of(meter)));
    }

    [Fact]
    public void Parse_OffsetsOtherThanUtc_AreTheSameInstant()
    {
        var book = Parse($"{Vcpu.Replace("2026-01-01T00:00:00Z", "2026-01-01T02:00:00+02:00", StringComparison.Ordinal)},{Memory},{Calls}");

        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), book.Of("vcpu")[0].EffectiveFrom);
    }

    [Theory]
    [InlineData("an unknown meter", Vcpu + "," + Memory + "," + Calls + ",{\"meter\":\"disk\",\"unit\":\"GiB\",\"effectiveFrom\":\"2026-01-01T00:00:00Z\",\"nanoPerUnit\":1}", "prices[3].meter")]
    [InlineData("a meter without a price", Vcpu + "," + Memory, "apicalls has no price")]
    [InlineData("the same begin twice", Vcpu + "," + Vcpu + "," + Memory + "," + Calls, "vcpu has 2 prices from 2026-01-01")]
    [InlineData("a misspelt member", "{\"meter\":\"vcpu\",\"unit\":\"vCPU-second\",\"effectiveFrom\":\"2026-01-01T00:00:00Z\",\"nanosPerUnit\":1}", "nanosPerUnit")]
    public void Parse_AFault_IsNamed(string situation, string prices, string fault)
    {
        Assert.NotEmpty(situation);
        var refused = Assert.Throws<PriceBookException>(() => Parse(prices));

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vCPU-second", "vCPU-hour", "prices[0].unit")]
    [InlineData("00:00:00Z", "00:30:00Z", "prices[0].effectiveFrom")]
    [InlineData(":1}", ":-1}", "prices[0].nanoPerUnit")]
    [InlineData(":1}", ":99999999999999}", "prices[0].nanoPerUnit")]
    [InlineData(":1}", ":1.5}", "nanoPerUnit")]
    public void Parse_AWrongValue_IsNamed(string right, string wrong, string fault)
    {
        var refused = Assert.Throws<PriceBookException>(
            () => Parse($"{Vcpu.Replace(right, wrong, StringComparison.Ordinal)},{Memory},{Calls}"));

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SeveralFaults_AllNamed()
    {
        var refused = Assert.Throws<PriceBookException>(() => PriceBookFile.Parse("""{"currency":"euro","prices":[]}"""u8));

        Assert.Equal(1 + MeterUnit.AllMeters.Count, refused.Faults.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"currency":"EUR","prices":null}""")]
    [InlineData("""{"currency":"EUR","prices":[null]}""")]
    public void Parse_NotAPriceBook_IsRefused(string json) =>
        Assert.Throws<PriceBookException>(() => PriceBookFile.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void AddServices_APriceBookThatIsNotThere_StopsTheStartAndNamesIt()
    {
        using var folder = new TempDirectory();
        var path = folder.File("none.json");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [BillingModule.PriceBookSetting] = path }).Build();

        var refused = Assert.Throws<PriceBookException>(() => new BillingModule().AddServices(new ServiceCollection(), configuration));

        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    private static PriceBook Parse(string prices) =>
        PriceBookFile.Parse(Encoding.UTF8.GetBytes($$"""{"currency":"EUR","prices":[{{prices}}{{Others}}]}"""));
}

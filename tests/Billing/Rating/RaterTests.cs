using Saas.Billing.Rating;
using Saas.Cluster;

namespace Saas.Billing.Tests.Rating;

/// <summary>Costs computed by hand.</summary>
public sealed class RaterTests
{
    private static readonly DateTimeOffset Hour = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    [Theory]
    // 2 vCPUs for an hour: 7,200 vCPU-seconds at 9,500.
    [InlineData(Meters.Vcpu, 7_200_000_000, 9_500, 68_400_000)]
    // 1.5 vCPU-seconds at 9,500.
    [InlineData(Meters.Vcpu, 1_500_000, 9_500, 14_250)]
    // 512 MiB for an hour: 1,800 GiB-seconds at 1,250.
    [InlineData(Meters.Memory, 512L * 3_600_000, 1_250, 2_250_000)]
    // 300 MiB for a second: 300/1024 GiB-seconds at 1,250 are 366.2109375.
    [InlineData(Meters.Memory, 300_000, 1_250, 366)]
    // One call at 2,000,000 a thousand.
    [InlineData(Meters.ApiCalls, 1, 2_000_000, 2_000)]
    // Halves go to the even neighbour: 0.5, 1.5, 2.5, 3.5.
    [InlineData(Meters.Vcpu, 500_000, 1, 0)]
    [InlineData(Meters.Vcpu, 1_500_000, 1, 2)]
    [InlineData(Meters.Vcpu, 2_500_000, 1, 2)]
    [InlineData(Meters.Vcpu, 3_500_000, 1, 4)]
    // Just beside the halves: 2.499999, 2.500001.
    [InlineData(Meters.Vcpu, 2_499_999, 1, 2)]
    [InlineData(Meters.Vcpu, 2_500_001, 1, 3)]
    [InlineData(Meters.Vcpu, 0, 9_500, 0)]
    [InlineData(Meters.Vcpu, 7_200_000_000, 0, 0)]
    public void CostNano_ByHand(string meter, long baseUnits, long nanoPerUnit, long cost)
    {
        var book = new PriceBook("EUR", [new Price(meter, DateTimeOffset.UnixEpoch, nanoPerUnit)]);

        Assert.Equal(cost, Rater.CostNano(book, meter, Hour, baseUnits));
    }

    [Fact]
    public void CostNano_TheLargestHourAtTheLargestPrice_IsExact()
    {
        var book = new PriceBook("EUR", [new Price(Meters.Vcpu, DateTimeOffset.UnixEpoch, 10_000_000_000_000)]);

        // A million items of the largest quantity: 10^21 base units are 10^15 vCPU-seconds.
        var cost = Rater.CostNano(book, Meters.Vcpu, Hour, Int128.Parse("1000000000000000000000"));

        Assert.Equal(Int128.Parse("10000000000000000000000000000"), cost);
    }

    [Fact]
    public void CostNano_EachHourHasThePriceInForce()
    {
        var book = new PriceBook("EUR",
        [
            new Price(Meters.Vcpu, Hour.AddHours(1), 30),
            new Price(Meters.Vcpu, Hour, 20),
        ]);

        Assert.Equal(0, Rater.CostNano(book, Meters.Vcpu, Hour.AddHours(-1), 1_000_000));
        Assert.Equal(20, Rater.CostNano(book, Meters.Vcpu, Hour, 1_000_000));
        Assert.Equal(30, Rater.CostNano(book, Meters.Vcpu, Hour.AddHours(1), 1_000_000));
        Assert.Equal(30, Rater.CostNano(book, Meters.Vcpu, Hour.AddYears(5), 1_000_000));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000000001")]
    [InlineData(68_400_000, "0.0684")]
    [InlineData(3_000_000_000, "3")]
    public void ToMajor_HasNoZerosAtItsEnd(long nano, string shown) =>
        Assert.Equal(shown, Money.ToMajor(nano).ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Show_IsExactForTheSmallestAmounts()
    {
        Assert.Equal(0.000001m, MeterUnit.Of(Meters.Vcpu).Show(1));
        Assert.Equal(0.0000009765625m, MeterUnit.Of(Meters.Memory).Show(1));
        Assert.Equal(1m, MeterUnit.Of(Meters.ApiCalls).Show(1));
    }
}

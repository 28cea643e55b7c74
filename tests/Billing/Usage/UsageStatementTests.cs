using Saas.Billing.Rating;
using Saas.Billing.Usage;
using Saas.Cluster;

namespace Saas.Billing.Tests.Usage;

public sealed class UsageStatementTests
{
    private static readonly DateTimeOffset Hour = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    private static readonly PriceBook Book = new("EUR",
    [
        new Price(Meters.Vcpu, DateTimeOffset.UnixEpoch, 9_500),
        new Price(Meters.Vcpu, Hour, 9_000),
        new Price(Meters.Memory, DateTimeOffset.UnixEpoch, 1_250),
        new Price(Meters.ApiCalls, DateTimeOffset.UnixEpoch, 2_000_000),
        new Price(Meters.Transit("aes256-gcm96"), DateTimeOffset.UnixEpoch, 30_000_000),
    ]);

    [Fact]
    public void ByHand_TwoHoursOverAPriceChange()
    {
        var statement = new UsageStatement(
            [
                new MeteredHour(Hour.AddHours(-1), "prj_a", Meters.Vcpu, 3_600_000_000),
                new MeteredHour(Hour, "prj_a", Meters.Vcpu, 1_800_000_000),
                new MeteredHour(Hour, "prj_b", Meters.Memory, 2048L * 60_000),
                new MeteredHour(Hour, null, Meters.ApiCalls, 250),
            ],
            Book,
            UsageGrouping.Hour | UsageGrouping.Project);

        // 3600 x 9500 + 1800 x 9000 + 120 x 1250 + 0.25 x 2,000,000 nano
        Assert.Equal(0.05105m, statement.Amount);
        Assert.Equal(new UsageTotals(5400, 120, 250, 0, 0), statement.Totals);
        Assert.Equal(
            [
                new UsageLine(Hour.AddHours(-1), "prj_a", "vcpu", 3600, "vCPU-second", 0.0342m),
                new UsageLine(Hour, null, "apicalls", 250, "call", 0.0005m),
                new UsageLine(Hour, "prj_a", "vcpu", 1800, "vCPU-second", 0.0162m),
                new UsageLine(Hour, "prj_b", "memory", 120, "GiB-second", 0.00015m),
            ],
            statement.Lines(null).Select(l => l.Line));
    }

    [Fact]
    public void Operations_CostByTenThousandAndAddUpOverKeyTypes()
    {
        var statement = new UsageStatement(
            [
                new MeteredHour(Hour, "prj_a", Meters.Transit("aes256-gcm96"), 25_000),
                new MeteredHour(Hour, "prj_a", Meters.Transit("hmac"), 5),
                new MeteredHour(Hour, null, Meters.KvRead, 3),
                new MeteredHour(Hour, null, Meters.KvWrite, 4),
            ],
            Book,
            UsageGrouping.Project);

        Assert.Equal((0.075m, new UsageTotals(0, 0, 0, 25_005, 7)), (statement.Amount, statement.Totals));
        Assert.Contains(
            new UsageLine(null, "prj_a", "transit:aes256-gcm96", 25_000, "operation", 0.075m), statement.Lines(null).Select(l => l.Line));
    }

    [Fact]
    public void Nothing_CostsNothing()
    {
        var statement = new UsageStatement([], Book, UsageGrouping.Hour);

        Assert.Equal((0m, new UsageTotals(0, 0, 0, 0, 0)), (statement.Amount, statement.Totals));
        Assert.Empty(statement.Lines(null));
    }

    [Fact]
    public void AnyGrouping_AddsUpToTheSameAmountAndQuantities()
    {
        var random = new Random(7);
        var usage = Enumerable.Range(0, 500).Select(i => new MeteredHour(
            Hour.AddHours(i % 48), i % 7 == 0 ? null : $"prj_{i % 7}", MeterUnit.AllMeters[i / 48 % 3], random.NextInt64(1_000_000_000_000))).ToList();
        var amounts = new[] { 0, 1, 2, 3 }.Select(g => new UsageStatement(usage, Book, (UsageGrouping)g)).ToList();

        Assert.All(amounts, s => Assert.Equal(amounts[0].Amount, s.Amount));
        Assert.All(amounts, s => Assert.Equal(s.Amount, s.Lines(null).Sum(l => l.Line.Cost)));
        Assert.All(amounts, s => Assert.Equal(
            s.Totals.VcpuSeconds, s.Lines(null).Where(l => l.Line.Meter == Meters.Vcpu).Sum(l => l.Line.Quantity)));
        Assert.Equal(3, amounts[0].Lines(null).Count());
    }

    [Fact]
    public void Cursor_WrittenAndReadAgain_IsTheSameLine()
    {
        LineKey[] keys =
        [
            new(Hour, "prj_01k00000000000000000000000", Meters.Vcpu),
            new(null, "prj_01k00000000000000000000000", Meters.Memory),
            new(Hour, null, Meters.ApiCalls),
            new(null, null, Meters.ApiCalls),
            new(Hour, null, Meters.Transit("chacha20-poly1305")),
        ];

        Assert.All(keys, key =>
        {
            Assert.True(UsageCursor.TryRead(UsageCursor.Write(key), out var read));
            Assert.Equal(key, read);
        });
    }

    [Theory]
    [InlineData("x")]
    [InlineData("!!!!")]
    [InlineData("fHw")]
    [InlineData("MjAyNjExMjEwN3xwcmpfeHx2Y3B1")]
    public void Cursor_NotOurs_IsRefused(string text) => Assert.False(UsageCursor.TryRead(text, out _));
}

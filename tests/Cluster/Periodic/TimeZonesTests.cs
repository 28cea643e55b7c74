using Saas.Cluster.Periodic;

namespace Saas.Cluster.Tests.Periodic;

public sealed class TimeZonesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("UTC")]
    public void TryFind_NoName_IsUtc(string? name)
    {
        Assert.True(TimeZones.TryFind(name, out var zone, out _));
        Assert.Same(TimeZoneInfo.Utc, zone);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("Etc/GMT+12")]
    [InlineData("America/Port-au-Prince")]
    public void TryFind_NameOfTheDatabase_IsFound(string name)
    {
        Assert.True(TimeZones.TryFind(name, out var zone, out var error), error);
        Assert.Equal(name, zone.Id);
    }

    [Theory]
    [InlineData("Europe/Atlantis", "no time zone 'Europe/Atlantis'")]
    [InlineData("Europe", "no time zone 'Europe'")]
    [InlineData("Local", "no time zone 'Local'")]
    [InlineData("../../../etc/localtime", "'../../../etc/localtime' is none")]
    [InlineData("/etc/localtime", "'/etc/localtime' is none")]
    [InlineData("Europe//Berlin", "is none")]
    [InlineData("Europe/Berlin/", "is none")]
    [InlineData("Europe/Berl\0in", "is none")]
    [InlineData("zone.tab", "is none")]
    public void TryFind_AnotherText_SaysThatItIsNone(string name, string words)
    {
        Assert.False(TimeZones.TryFind(name, out var zone, out var error));
        Assert.Null(zone);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryFind_VeryLongText_IsNotRepeatedInFull()
    {
        Assert.False(TimeZones.TryFind(new string('a', 10_000), out _, out var error));
        Assert.True(error.Length < 250, error);
    }
}

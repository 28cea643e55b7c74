namespace Saas.LocalRegistry.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("10s", 10_000, "10s")]
    [InlineData("1m30s", 90_000, "1m30s")]
    [InlineData("1.5h", 5_400_000, "1h30m0s")]
    [InlineData("250ms", 250, "250ms")]
    [InlineData("1s500ms", 1_500, "1.5s")]
    [InlineData("-2m", -120_000, "-2m0s")]
    [InlineData("0", 0, "0s")]
    [InlineData("1h", 3_600_000, "1h0m0s")]
    public void Parse_ThenFormat(string text, int milliseconds, string formatted)
    {
        var duration = GoDuration.Parse(text, out var fault);

        Assert.Null(fault);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
        Assert.Equal(formatted, GoDuration.Format(duration));
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("10", "time: missing unit in duration \"10\"")]
    [InlineData("x", "time: invalid duration \"x\"")]
    [InlineData("10y", "time: unknown unit \"y\" in duration \"10y\"")]
    [InlineData("99999999h", "time: invalid duration \"99999999h\"")]
    [InlineData("1.2.3s", "time: invalid duration \"1.2.3s\"")]
    public void Parse_Refused(string text, string message)
    {
        GoDuration.Parse(text, out var fault);

        Assert.Equal(message, fault);
    }

    [Theory]
    [InlineData("Web Server 01.example", "Web-Server-01-example")]
    [InlineData("--x--", "x")]
    [InlineData("数据", "node-1")]
    public void A_nodes_name_is_one_that_dns_can_ask_for(string name, string expected) =>
        Assert.Equal(expected, NodeIdentityRules.NameOf(name, "node_1"));
}

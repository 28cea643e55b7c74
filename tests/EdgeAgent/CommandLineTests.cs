namespace Saas.EdgeAgent.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_AllGiven_IsTakenOver()
    {
        var options = CommandLine.Parse(
            ["run", "--server", "https://cloud.example", "--data", "/d", "--token-file", "/t", "--name", "n", "--usage-interval", "60"]);

        Assert.Equal(new AgentOptions(new Uri("https://cloud.example"), "/d", "/t", "n", TimeSpan.FromMinutes(1)), options);
    }

    [Theory]
    [InlineData("http://127.0.0.1:7072")]
    [InlineData("http://localhost:7072/")]
    [InlineData("http://[::1]:7072")]
    public void Parse_PlainHttpToThisMachine_IsAllowed(string server) =>
        Assert.True(CommandLine.Parse(["run", "--server", server, "--data", "/d"]).Server.IsLoopback);

    [Theory]
    [InlineData("nothing")]
    [InlineData("unknown command", "stop")]
    [InlineData("no server", "run", "--data", "/d")]
    [InlineData("no data", "run", "--server", "https://x")]
    [InlineData("plain http", "run", "--server", "http://cloud.example", "--data", "/d")]
    [InlineData("other scheme", "run", "--server", "ftp://127.0.0.1", "--data", "/d")]
    [InlineData("path", "run", "--server", "https://x/y", "--data", "/d")]
    [InlineData("credentials in the address", "run", "--server", "https://u:p@x", "--data", "/d")]
    [InlineData("token as argument", "run", "--server", "https://x", "--data", "/d", "--token", "saasenr_x")]
    [InlineData("twice", "run", "--server", "https://x", "--data", "/d", "--data", "/e")]
    [InlineData("value missing", "run", "--server", "https://x", "--data")]
    [InlineData("interval of zero", "run", "--server", "https://x", "--data", "/d", "--usage-interval", "0")]
    [InlineData("name too long", "run", "--server", "https://x", "--data", "/d", "--name", "12345678901234567890123456789012345678901234567890123456789012345")]
    public void Parse_Refused(string row, params string[] arguments)
    {
        var fault = Assert.Throws<CommandLineException>(() => CommandLine.Parse(arguments));

        Assert.False(fault.Message.Contains("saasenr_", StringComparison.Ordinal), row);
    }
}

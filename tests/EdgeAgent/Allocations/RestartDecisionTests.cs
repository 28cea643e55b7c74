using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;

namespace Saas.EdgeAgent.Tests.Allocations;

public sealed class RestartDecisionTests
{
    private const long Second = 1_000_000_000;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RestartPolicy TwoInAMinute = new() { Attempts = 2, Interval = 60 * Second, Delay = 5 * Second, Mode = "fail" };

    /// <summary>row, type, exit, mode, counted, window's age in s → verdict, delay in s.</summary>
    public static TheoryData<string, string, int?, string, int, int, string, int> Rows => new()
    {
        { "batch success", "batch", 0, "fail", 0, 0, "Complete", 0 },
        { "batch success with attempts used up", "batch", 0, "fail", 2, 10, "Complete", 0 },
        { "batch failure", "batch", 1, "fail", 0, 0, "Restart", 5 },
        { "service success", "service", 0, "fail", 0, 0, "Restart", 5 },
        { "service failure", "service", 1, "fail", 0, 0, "Restart", 5 },
        { "unknown end", "batch", null, "fail", 0, 0, "Restart", 5 },
        { "second within the interval", "service", 1, "fail", 1, 10, "Restart", 5 },
        { "third within the interval, fail", "service", 1, "fail", 2, 10, "Fail", 0 },
        { "third within the interval, delay", "service", 1, "delay", 2, 10, "Restart", 50 },
        { "third, at the interval's very end", "service", 1, "fail", 2, 60, "Fail", 0 },
        { "third, after the interval", "service", 1, "fail", 2, 61, "Restart", 5 },
        { "window of a clock set back", "service", 1, "fail", 2, -3600, "Restart", 5 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void After_Table(string row, string type, int? exit, string mode, int counted, int age, string verdict, int delay)
    {
        var decision = RestartDecision.After(exit, type, TwoInAMinute with { Mode = mode }, new RestartWindow(counted, Now.AddSeconds(-age)), Now);

        Assert.Equal((row, verdict, Now.AddSeconds(delay)), (row, $"{decision.Verdict}", decision.NotBefore));
    }

    [Theory]
    [InlineData(JobTypes.Service, 2)]
    [InlineData(JobTypes.Batch, 3)]
    public void After_NoPolicy_HasNomadsDefaults(string type, int attempts)
    {
        var window = new RestartWindow(0, null);
        for (var i = 0; i < attempts; i++)
        {
            var decision = RestartDecision.After(1, type, null, window, Now);
            Assert.Equal((RestartVerdict.Restart, Now.AddSeconds(15)), (decision.Verdict, decision.NotBefore));
            window = decision.Window;
        }

        Assert.Equal(RestartVerdict.Fail, RestartDecision.After(1, type, null, window, Now).Verdict);
    }

    [Fact]
    public void After_NoAttemptsAllowed_FailsAtOnce() => Assert.Equal(
        RestartVerdict.Fail,
        RestartDecision.After(1, JobTypes.Service, TwoInAMinute with { Attempts = 0, Mode = "delay" }, new RestartWindow(0, null), Now).Verdict);
}

using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Tests.Checks;

public sealed class StatusCounterTests
{
    /// <summary>Results by letter (p passing, c critical), and what is shown after each (w warning, '.' as before).</summary>
    [Theory]
    [InlineData("no counts", 0, 0, 0, "pcpc", "pcpc")]
    [InlineData("two successes", 2, 0, 0, "pppcpp", ".ppc.p")]
    [InlineData("three failures", 0, 0, 3, "pcccpcc", "p..cp..")]
    [InlineData("warning before critical", 0, 2, 3, "pcccp", "p.wcp")]
    public void Next_CountsInARow(string row, int passing, int warning, int critical, string results, string shown)
    {
        var counter = new StatusCounter(new CheckDefinition
        {
            Id = "c", Name = "c", SuccessBeforePassing = passing, FailuresBeforeWarning = warning, FailuresBeforeCritical = critical,
        });

        var seen = string.Concat(results.Select(r => counter.Next(r == 'p' ? CheckResult.Passing("") : CheckResult.Critical(""))?.Status[0] ?? '.'));

        Assert.True(shown == seen, $"{row}: expected {shown}, was {seen}");
    }
}

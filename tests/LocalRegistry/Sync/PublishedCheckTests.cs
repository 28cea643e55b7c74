using Saas.Discovery.Model;
using Saas.LocalRegistry.Sync;

namespace Saas.LocalRegistry.Tests.Sync;

public sealed class PublishedCheckTests
{
    private static readonly TimeSpan OutputDelay = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_change_of_status_goes_out_at_once() =>
        Assert.Equal(HealthStatus.Critical, Look(new PublishedCheck(Check("passing")), Check("critical"), 1).Sent.Status);

    [Fact]
    public void An_output_that_keeps_changing_goes_out_once_in_a_while()
    {
        var told = new PublishedCheck(Check("passing", "0"));
        var sent = 0;
        for (var second = 1; second <= 1200; second++)
        {
            var next = Look(told, Check("passing", second.ToString()), second);
            sent += ReferenceEquals(next.Sent, told.Sent) ? 0 : 1;
            told = next;
        }

        Assert.InRange(sent, 3, 4);
    }

    [Fact]
    public void An_output_that_becomes_what_was_told_is_not_told()
    {
        var told = Look(new PublishedCheck(Check("passing", "a")), Check("passing", "b"), 1);
        Assert.NotNull(told.DueAt);
        Assert.Null(Look(told, Check("passing", "a"), 2).DueAt);
    }

    [Fact]
    public void What_flaps_stays_critical_until_it_has_settled()
    {
        var told = new PublishedCheck(Check("passing"));
        var sent = 0;
        for (var second = 1; second <= 120; second++)
        {
            var next = Look(told, Check(second % 2 == 0 ? "passing" : "critical"), second);
            sent += ReferenceEquals(next.Sent, told.Sent) ? 0 : 1;
            told = next;
        }

        Assert.InRange(sent, 3, 8);
        Assert.Equal(HealthStatus.Critical, told.Sent.Status);

        told = Look(told, Check("passing"), 121);
        var settled = Look(told, Check("passing"), 121 + PublishedCheck.Settle.TotalSeconds + 1);
        Assert.Equal(HealthStatus.Passing, settled.Sent.Status);
    }

    [Fact]
    public void What_failed_once_comes_back_at_once()
    {
        var told = Look(new PublishedCheck(Check("passing")), Check("critical"), 1);
        Assert.Equal(HealthStatus.Passing, Look(told, Check("passing"), 2).Sent.Status);
    }

    private static PublishedCheck Look(PublishedCheck told, HealthCheck now, double second) => told.Look(now, TimeSpan.FromSeconds(second), () => OutputDelay);

    private static HealthCheck Check(string status, string output = "") => new() { Node = "n", CheckID = "c", Status = status, Output = output };
}

using Saas.Scheduler.Host.Tests.Faults;

namespace Saas.Scheduler.Host.Tests;

/// <summary>Messages only say "look at this": whatever becomes of them, the cell ends in the same place.</summary>
public sealed class MessageFaultTests
{
    public static MatrixTheoryData<string, Delivery> Cases { get; } =
        new([.. CrashScenario.All.Keys], [Delivery.Once, Delivery.Twice, Delivery.Late, Delivery.Never]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task TheCellSettlesHoweverItsMessagesCome(string name, Delivery delivery)
    {
        var scenario = CrashScenario.All[name];
        var play = new Play(new World { Delivery = delivery });
        await scenario.Prepare(play);
        await scenario.Act(play);
        await play.SettleAsync(scenario.Expected);
    }
}

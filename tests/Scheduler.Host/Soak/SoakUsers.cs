using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Tests.Faults;

namespace Saas.Scheduler.Host.Tests.Soak;

/// <summary>Users who never rest: they submit, change, stop and purge a dozen jobs.</summary>
internal sealed class SoakUsers(World world, Random random)
{
    private const int Jobs = 12;
    private const long Minute = 60_000_000_000;

    public int Changes { get; private set; }

    public async Task ActAsync()
    {
        var number = random.Next(Jobs);
        var id = $"job-{number}";
        Changes++;
        switch (random.Next(10))
        {
            case 0:
                await world.StopAsync(id, purge: true);
                break;
            case 1:
                await world.StopAsync(id);
                break;
            default:
                await world.SubmitAsync(id, GroupOf(number), TypeOf(number), priority: 10 * random.Next(1, 10));
                break;
        }
    }

    /// <summary>A job's type never changes.</summary>
    private static string TypeOf(int number) => (number % 4) switch
    {
        2 => JobTypes.Batch,
        _ => JobTypes.Service,
    };

    private TaskGroup GroupOf(int number)
    {
        string[] commands = TypeOf(number) == JobTypes.Batch ? ["short", "flaky"] : number % 4 == 3 ? ["one", "flaky"] : ["one", "two"];
        var group = TestPlatform.Group(count: random.Next(1, 5), command: commands[random.Next(commands.Length)]) with
        {
            Networks = [new NetworkResource { Mode = "host", DynamicPorts = [new Port { Label = "http" }] }],
        };
        return (number % 4) switch
        {
            // Rolled out, some of them with canaries; the others are replaced at once.
            0 => group with { Update = Update(canary: random.Next(2)) },
            1 => group with { Disconnect = new DisconnectStrategy { LostAfter = Minute, Replace = true, Reconcile = ReconcileOptions.BestScore } },
            _ => group,
        };
    }

    private static UpdateStrategy Update(int canary) => new()
    {
        MaxParallel = 2,
        Canary = canary,
        AutoPromote = canary > 0,
        AutoRevert = false,
        ProgressDeadline = 10 * Minute,
    };
}

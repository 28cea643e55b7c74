using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;
using Saas.EdgeAgent.Drivers.Libvirt.Interop;

namespace Saas.EdgeAgent.Tests.Libvirt;

public sealed class DomainObservationTests
{
    public static TheoryData<string, string, string, int, bool, WorkloadState, int?> Table => new()
    {
        // what happened, phase, state, reason, saved -> told, exit code
        { "defined only", "Defined", "ShutOff", 0, false, WorkloadState.Starting, null },
        { "killed by a host reboot before its release", "Defined", "ShutOff", 3, false, WorkloadState.Starting, null },
        { "could not start", "Defined", "ShutOff", 6, false, WorkloadState.Starting, null },
        { "created, not released", "Defined", "Paused", 1, false, WorkloadState.Starting, null },
        { "released, not resumed", "Released", "Paused", 1, false, WorkloadState.Starting, null },
        { "released, not resumed, daemon restarted", "Released", "Paused", 0, false, WorkloadState.Starting, null },
        { "disk full", "Released", "Paused", 5, false, WorkloadState.Running, null },
        { "runs", "Released", "Running", 1, false, WorkloadState.Running, null },
        { "is being shut down", "Released", "ShuttingDown", 0, false, WorkloadState.Running, null },
        { "guest powered off", "Released", "ShutOff", 1, false, WorkloadState.Ended, 0 },
        { "destroyed", "Released", "ShutOff", 2, false, WorkloadState.Ended, 137 },
        { "emulator crashed", "Released", "ShutOff", 3, false, WorkloadState.Ended, 134 },
        { "host rebooted", "Released", "ShutOff", 0, false, WorkloadState.Ended, null },
        { "host rebooted, guest saved", "Released", "ShutOff", 5, true, WorkloadState.Starting, null },
        { "end already recorded", "Ended", "ShutOff", 0, false, WorkloadState.Ended, 7 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Of_PhaseAndCondition_SayWhatTheAgentIsTold(
        string what, string phase, string state, int reason, bool isSaved, WorkloadState expected, int? exitCode)
    {
        var stamp = new DomainStamp
        {
            NodeId = "node_1",
            Workload = new WorkloadId("alloc_1", "web", 0),
            Phase = Enum.Parse<DomainPhase>(phase),
            ConsolePath = "/console.log",
            ExitCode = phase == "Ended" ? 7 : null,
        };

        var status = DomainObservation.Of(stamp, new DomainCondition(Enum.Parse<VirDomainState>(state), reason), isSaved);

        Assert.True(expected == status.State, $"{what}: {status}");
        Assert.Equal(exitCode, status.ExitCode);
    }

    [Fact]
    public void Parse_WrittenStamp_ComesBackWhole()
    {
        var stamp = new DomainStamp
        {
            NodeId = "node_1",
            Workload = new WorkloadId("alloc_1", "web", 2),
            Phase = DomainPhase.Ended,
            ConsolePath = "/a b/<&\"'>/console.log",
            StartedAt = DateTimeOffset.UnixEpoch.AddTicks(1_234_567),
            EndedAt = DateTimeOffset.UnixEpoch.AddDays(1),
            ExitCode = 137,
            EndReason = "powered off by force",
        };

        Assert.Equal(stamp, DomainStamp.Parse(stamp.ToXml()));
    }

    [Theory]
    [InlineData("<workload/>")]
    [InlineData("<workload node='n' allocation='a' task='t' run='x' phase='Defined' console='c'/>")]
    [InlineData("<workload node='n' allocation='a' task='t' run='0' phase='Odd' console='c'/>")]
    [InlineData("not xml")]
    public void Parse_TextThatWeDidNotWrite_IsNotOurs(string xml) => Assert.Null(DomainStamp.Parse(xml));
}

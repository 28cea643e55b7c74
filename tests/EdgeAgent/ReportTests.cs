using System.Text;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Reports;
using Saas.EdgeAgent.Tests.Fakes;

namespace Saas.EdgeAgent.Tests;

public sealed class ReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("nul\0 inside", "nul inside")]
    public void Cut_Short_KeepsAll(string text, string expected) => Assert.Equal(expected, OutputTails.Cut(text));

    [Theory]
    [InlineData("\uFFFD")] // what invalid bytes became: three bytes each
    [InlineData("\U0001F600")]
    [InlineData("x")]
    public void Cut_TooLong_KeepsTheEndWithinTheLimitAndNoHalfCharacter(string character)
    {
        var cut = OutputTails.Cut(string.Concat(Enumerable.Repeat(character, 5000)) + "end");

        Assert.InRange(Encoding.UTF8.GetByteCount(cut), OutputTails.MaxBytes / 2, OutputTails.MaxBytes);
        Assert.EndsWith("end", cut, StringComparison.Ordinal);
        Assert.False(char.IsLowSurrogate(cut[0]));
    }

    [Fact]
    public void Of_LargestGroup_StaysWithinWhatIsTaken()
    {
        var record = AllocationRecord.New(Assignments.Of(JobTypes.Service, null, [.. Enumerable.Range(0, 64).Select(n => Assignments.Task($"t{n}", "x"))]), Now);
        var events = Enumerable.Repeat(new TaskEvent("Terminated", Now, new string('m', 512)), 10).ToList();
        record = record with { Tasks = [.. record.Tasks.Select(task => task with { Events = events, OutputTail = new string('o', 4096) })] };

        var report = ReportFormat.Of(record);

        Assert.InRange(report.Tasks.Values.Sum(t => t.OutputTail!.Length + t.Events.Sum(e => e.Message.Length + e.Type.Length + 20)), 1, 128 * 1024);
    }

    /// <summary>row, phases with * for failed, restarts → status.</summary>
    public static TheoryData<string, string[], int, string> Statuses => new()
    {
        { "nothing started", ["Pending", "Pending"], 0, ClientStatus.Pending },
        { "half started", ["Running", "Pending"], 0, ClientStatus.Pending },
        { "all run", ["Running", "Running"], 0, ClientStatus.Running },
        { "one waits for its restart", ["Running", "Pending"], 1, ClientStatus.Running },
        { "one is done, one runs", ["Dead", "Running"], 0, ClientStatus.Running },
        { "one failed, its sibling still stops", ["Dead*", "Running"], 0, ClientStatus.Running },
        { "all done", ["Dead", "Dead"], 0, ClientStatus.Complete },
        { "one failed", ["Dead*", "Dead"], 0, ClientStatus.Failed },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void ClientStatus_Table(string row, string[] phases, int restarts, string expected)
    {
        var record = AllocationRecord.New(Assignments.Of(JobTypes.Service, null, Assignments.Task("a", "x"), Assignments.Task("b", "x")), Now);
        record = record with
        {
            Tasks = [.. record.Tasks.Zip(phases, (task, phase) => task with
            {
                Phase = Enum.Parse<TaskPhase>(phase.TrimEnd('*')), Failed = phase.EndsWith('*'), Restarts = restarts, StartedAt = restarts > 0 ? Now : null,
            })],
        };

        Assert.Equal((row, expected), (row, record.ClientStatus));
    }
}

using System.Text;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Allocations;

public sealed class PayloadFileTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    private string Local => _folder.File("local");

    [Fact]
    public void Write_ASecondStart_FindsWhatWasDispatchedAgain()
    {
        var allocation = Dispatched("input.txt", "as dispatched");
        Write(allocation);
        File.WriteAllText(Path.Combine(Local, "input.txt"), "what the task made of it");

        Write(allocation);

        Assert.Equal("as dispatched", File.ReadAllText(Path.Combine(Local, "input.txt")));
        Assert.Equal(["input.txt"], Directory.GetFileSystemEntries(Local).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../input.txt")]
    [InlineData("/etc/input.txt")]
    [InlineData("in/../../input.txt")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a\0b")]
    public void Write_APathOutsideTheFolder_IsRefusedForGood(string file)
    {
        var fault = Assert.Throws<DriverException>(() => Write(Dispatched(file, "x")));

        Assert.Equal(DriverFault.InvalidConfig, fault.Fault);
        Assert.Empty(Directory.GetFileSystemEntries(Local));
        Assert.Equal([Local], Directory.GetFileSystemEntries(Path.GetDirectoryName(Local)!));
    }

    [Fact]
    public void Write_NotBase64_IsRefusedForGood()
    {
        var allocation = Dispatched("input.txt", "");
        allocation = allocation with { TaskGroup = allocation.TaskGroup with { Payload = "?" } };

        Assert.Equal(DriverFault.InvalidConfig, Assert.Throws<DriverException>(() => Write(allocation)).Fault);
    }

    [Fact]
    public void Write_WhereAFileIsInTheWay_IsTriedAgain()
    {
        Directory.CreateDirectory(Local);
        File.WriteAllText(Path.Combine(Local, "in"), "");

        Assert.Equal(DriverFault.Transient, Assert.Throws<DriverException>(() => Write(Dispatched("in/input.txt", "x"))).Fault);
    }

    [Fact]
    public void Write_WithoutPayloadOrFile_WritesNothing()
    {
        Write(Dispatched("", "x"));
        Write(Dispatched("input.txt", ""));

        Assert.Empty(Directory.GetFileSystemEntries(Local));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(AssignedAllocation allocation)
    {
        Directory.CreateDirectory(Local);
        PayloadFile.Write(allocation, allocation.TaskGroup.Tasks![0], Local);
    }

    private static AssignedAllocation Dispatched(string file, string payload)
    {
        var allocation = Assignments.Shell("true");
        var task = allocation.TaskGroup.Tasks![0] with { DispatchPayload = new DispatchPayloadConfig { File = file } };
        return allocation with { TaskGroup = allocation.TaskGroup with { Tasks = [task], Payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload)) } };
    }
}

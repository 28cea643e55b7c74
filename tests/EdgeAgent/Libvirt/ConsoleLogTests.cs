using System.Text;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Prepare_FileThatHasOutputAlready_KeepsIt()
    {
        var path = ConsoleLog.Prepare(_folder.Path);
        File.WriteAllText(path, "first run");

        Assert.Equal(path, ConsoleLog.Prepare(_folder.Path));
        Assert.Equal("first run", ConsoleLog.ReadTail(path, 100));
    }

    [Fact]
    public void Prepare_PlaceTakenByAFile_IsTransient()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "logs"), "");

        Assert.Equal(DriverFault.Transient, Assert.Throws<DriverException>(() => ConsoleLog.Prepare(_folder.Path)).Fault);
    }

    [Fact]
    public void ReadTail_FreshlyRotated_GoesOnInTheOlderFile()
    {
        var path = ConsoleLog.Prepare(_folder.Path);
        File.WriteAllText($"{path}.0", "older|");
        File.WriteAllText(path, "newer");

        Assert.Equal("er|newer", ConsoleLog.ReadTail(path, 8));
    }

    [Fact]
    public void ReadTail_EscapesAndCutCharacters_DoNotReachTheTerminal()
    {
        var path = ConsoleLog.Prepare(_folder.Path);
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes("é\u001b[2Jtext\r\n\u0000\u009b\u0007ü"), 0xFF]);
        var size = (int)new FileInfo(path).Length;

        Assert.Equal("[2Jtext\nü?", ConsoleLog.ReadTail(path, size - 1));
    }

    [Fact]
    public void ReadTail_NoFile_IsEmpty() => Assert.Equal("", ConsoleLog.ReadTail(Path.Combine(_folder.Path, "none"), 100));

    public void Dispose() => _folder.Dispose();
}

using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.Tests.Files;

/// <summary>What strangers reach of a folder, on a real file system.</summary>
public sealed class ConfinedFolderTests : IDisposable
{
    private readonly TestFolder _test = new();
    private readonly string _root;

    public ConfinedFolderTests()
    {
        _root = _test.Make("root");
        File.WriteAllText(Path.Combine(_test.Path, "outside"), "outside");
        Directory.CreateDirectory(Path.Combine(_root, "a/b"));
        File.WriteAllText(Path.Combine(_root, "a/b/inside"), "inside");
    }

    [Theory]
    [InlineData("a/b/inside")]
    [InlineData("/a/b/inside")]
    [InlineData("./a//b/../b/inside")]
    public void A_path_within_is_read(string path)
    {
        using var file = new ConfinedFolder(_root).Open(path);
        Assert.Equal("inside", new StreamReader(file).ReadToEnd());
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/../../../etc/passwd")]
    public void Dots_do_not_lead_out(string path) => Escapes(path);

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("../root/../outside")]
    public void Links_do_not_lead_out(string target)
    {
        File.CreateSymbolicLink(Path.Combine(_root, "link"), target);
        Directory.CreateSymbolicLink(Path.Combine(_root, "chain"), "link");
        Escapes("link");
        Escapes("chain");
    }

    [Fact]
    public void A_folder_beside_whose_name_begins_alike_is_outside()
    {
        File.WriteAllText(Path.Combine(_test.Make("root-2"), "file"), "");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "../root-2/file");
        Escapes("link");
    }

    [Fact]
    public void A_link_within_is_followed_and_one_to_nothing_is_not_there()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "a/b/inside");
        File.CreateSymbolicLink(Path.Combine(_root, "dangling"), "nowhere");
        var folder = new ConfinedFolder(_root);

        Assert.Equal(6, folder.Status("link").Size);
        Assert.Equal(FileFault.NotFound, Assert.Throws<FileException>(() => folder.Status("dangling")).Fault);
        Assert.Equal(["a", "dangling", "link"], folder.List("/").Select(static file => file.Name));
    }

    /// <summary>A task that swaps what a path means while it is read gets nothing out of it.</summary>
    [Fact]
    public async Task A_link_that_is_swapped_meanwhile_never_leads_out()
    {
        var (path, folder) = (Path.Combine(_root, "swapped"), new ConfinedFolder(_root));
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                File.CreateSymbolicLink(path + ".new", i % 2 == 0 ? "../outside" : "a/b/inside");
                File.Move(path + ".new", path, overwrite: true);
            }
        });
        var (read, refused) = (0, 0);
        for (var i = 0; i < 1_000_000 && (read < 100 || refused < 100); i++)
        {
            try
            {
                using var file = folder.Open("swapped");
                Assert.Equal("inside", new StreamReader(file).ReadToEnd());
                read++;
            }
            catch (FileException)
            {
                refused++;
            }
        }

        await stop.CancelAsync();
        await swapping;
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    [Theory]
    [InlineData(0x41ED, "drwxr-xr-x")]
    [InlineData(0x43FF, "dtrwxrwxrwx")]
    [InlineData(0x81A4, "-rw-r--r--")]
    [InlineData(0x89ED, "urwxr-xr-x")]
    [InlineData(0xA1FF, "Lrwxrwxrwx")]
    [InlineData(0x11A4, "prw-r--r--")]
    [InlineData(0x21B6, "Dcrw-rw-rw-")]
    public void Modes_are_printed_as_go_does(int mode, string text) =>
        Assert.Equal(text, new FileStatus((ushort)mode, 0, DateTimeOffset.UnixEpoch, default).Text);

    public void Dispose() => _test.Dispose();

    private void Escapes(string path)
    {
        var folder = new ConfinedFolder(_root);
        Assert.Equal(FileFault.Escapes, Assert.Throws<FileException>(() => folder.Status(path)).Fault);
        Assert.Equal(FileFault.Escapes, Assert.Throws<FileException>(() => folder.Open(path)).Fault);
        Assert.Equal(FileFault.Escapes, Assert.Throws<FileException>(() => folder.List(path)).Fault);
    }
}

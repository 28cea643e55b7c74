using System.Formats.Tar;
using Saas.EdgeAgent.TaskFiles;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.TaskFiles;

/// <summary>Archives of strangers on a real file system: nothing of them is ever outside of their folder.</summary>
public sealed class ArtifactArchiveTests : IDisposable
{
    private const int LinkMode = 0xA1FF;

    private readonly TempDirectory _folder = new();
    private readonly string _root;

    public ArtifactArchiveTests()
    {
        _root = _folder.File("around/root");
        Directory.CreateDirectory(_root);
        File.WriteAllText(_folder.File("around/secret"), "secret");
    }

    public static TheoryData<string, byte[]> Escapes => new()
    {
        { "name with dots", Archives.Tar(Archives.File("../x", "x")) },
        { "name with dots within", Archives.Tar(Archives.File("a/../../x", "x")) },
        { "absolute name", Archives.Tar(Archives.File("/tmp/x", "x")) },
        { "folder with dots", Archives.Tar(Archives.Folder("../x")) },
        { "absolute link", Archives.Tar(Archives.Link("a", "/etc/passwd")) },
        { "link upwards", Archives.Tar(Archives.Link("a", "../secret")) },
        { "link upwards from a folder", Archives.Tar(Archives.Folder("a"), Archives.Link("a/b", "../../secret")) },
        { "link down and up", Archives.Tar(Archives.Folder("a"), Archives.Link("b", "a/../../secret")) },
        { "link over a link", Archives.Tar(Archives.Folder("a/b"), Archives.Link("a/b/up", "../.."), Archives.Link("out", "a/b/up/../secret")) },
        { "link of dots", Archives.Tar(Archives.Link("a", "..")) },
        { "file through a link", Archives.Tar(Archives.Folder("d"), Archives.Link("l", "d"), Archives.File("l/x", "x")) },
        { "file in place of a link's folder", Archives.Tar(Archives.Link("l", "d"), Archives.Link("l/x", "y")) },
        { "hard link to outside", Archives.Tar(Archives.HardLink("a", "../secret")) },
        { "hard link to an absolute file", Archives.Tar(Archives.HardLink("a", "/etc/passwd")) },
        { "hard link to nothing", Archives.Tar(Archives.HardLink("a", "b")) },
        { "pipe", Archives.Tar(Archives.Pipe("p")) },
        { "file and folder of one name", Archives.Tar(Archives.File("a", "x"), Archives.File("a/b", "x")) },
    };

    [Theory]
    [MemberData(nameof(Escapes))]
    public async Task Unpack_OfWhatLeadsOut_Fails_AndLeavesNothingOutside(string what, byte[] archive)
    {
        await Assert.ThrowsAsync<TaskFileException>(() => UnpackAsync(archive, ArchiveKind.Tar));

        AssertNothingOutside(what);
    }

    [Theory]
    [InlineData("../x", "x", 0)]
    [InlineData("/x", "x", 0)]
    [InlineData("a/../../x", "x", 0x81A4)]
    [InlineData("l", "../secret", LinkMode)]
    [InlineData("l", "/etc/passwd", LinkMode)]
    [InlineData("d", "x", 0x21A4)]
    public async Task Unzip_OfWhatLeadsOut_Fails_AndLeavesNothingOutside(string name, string content, int mode)
    {
        await Assert.ThrowsAsync<TaskFileException>(() => UnpackAsync(Archives.Zip((name, content, mode)), ArchiveKind.Zip));

        AssertNothingOutside(name);
    }

    [Fact]
    public async Task Unpack_KeepsFilesModesAndLinksWithin()
    {
        var all = UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;
        var archive = Archives.TarGz(
            Archives.Folder("./lib/"), Archives.File("lib/tool", "tool", all), Archives.Link("bin/tool", "../lib/./tool"),
            Archives.Link("now", "lib"), Archives.HardLink("copy", "lib/tool"), Archives.File("lib/tool.d/a", "a"), Archives.Link("gone", "nothing"));

        await UnpackAsync(archive, ArchiveKind.TarGz);

        Assert.Equal("tool", File.ReadAllText(Path.Combine(_root, "bin/tool")));
        Assert.Equal("a", File.ReadAllText(Path.Combine(_root, "now/tool.d/a")));
        Assert.Equal("tool", File.ReadAllText(Path.Combine(_root, "copy")));
        var mode = File.GetUnixFileMode(Path.Combine(_root, "lib/tool"));
        Assert.True(mode.HasFlag(UnixFileMode.UserExecute));
        Assert.False(mode.HasFlag(UnixFileMode.SetUser));
        AssertNothingOutside("good archive");
    }

    [Fact]
    public async Task Unpack_BeyondItsLimits_Fails()
    {
        var limits = new ArtifactLimits { MaxUnpackedBytes = 1000, MaxEntries = 3 };
        var large = Archives.TarGz(Archives.File("a", new string('x', 600)), Archives.File("b", new string('x', 600)));
        var many = Archives.Tar([.. Enumerable.Range(0, 4).Select(i => Archives.File($"f{i}", ""))]);
        var zipped = Archives.Zip(("a", new string('x', 2000), 0));

        Assert.Contains("1000 bytes", (await Assert.ThrowsAsync<TaskFileException>(() => UnpackAsync(large, ArchiveKind.TarGz, limits))).Message, StringComparison.Ordinal);
        Assert.Contains("3 entries", (await Assert.ThrowsAsync<TaskFileException>(() => UnpackAsync(many, ArchiveKind.Tar, limits))).Message, StringComparison.Ordinal);
        Assert.Contains("1000 bytes", (await Assert.ThrowsAsync<TaskFileException>(() => UnpackAsync(zipped, ArchiveKind.Zip, limits))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ArchiveKind.Tar)]
    [InlineData(ArchiveKind.TarGz)]
    [InlineData(ArchiveKind.Zip)]
    public async Task Unpack_OfSomethingElse_Fails(object kind) =>
        await Assert.ThrowsAsync<TaskFileException>(() => UnpackAsync([.. Enumerable.Repeat((byte)'x', 2000)], (ArchiveKind)kind));

    public void Dispose() => _folder.Dispose();

    private async Task UnpackAsync(byte[] archive, object kind, object? limits = null)
    {
        var file = _folder.File("archive");
        await File.WriteAllBytesAsync(file, archive);
        await new ArtifactArchive(_root, (ArtifactLimits?)limits ?? new ArtifactLimits()).UnpackAsync(file, (ArchiveKind)kind, CancellationToken.None);
    }

    private void AssertNothingOutside(string what)
    {
        Assert.True(Directory.GetFileSystemEntries(_folder.File("around")).Length == 2, what);
        Assert.Equal("secret", File.ReadAllText(_folder.File("around/secret")));
        Assert.False(File.Exists("/tmp/x") || File.Exists("/x"), what);
        foreach (var link in Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories).Where(static entry => new FileInfo(entry).LinkTarget is not null))
        {
            Assert.StartsWith(_root + "/", new FileInfo(link).ResolveLinkTarget(returnFinalTarget: true)!.FullName, StringComparison.Ordinal);
        }
    }
}

using System.Text.Json;
using Saas.EdgeAgent.State;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.State;

public sealed class StateFileTests : IDisposable
{
    private static readonly NodeIdentity Identity = new("ten_a", "site_a", "node_a");

    private readonly TempDirectory _folder = new();

    private string Path => _folder.File("identity.json");

    private StateFile<NodeIdentity> File_ => new(Path, StateJson.Default.NodeIdentity);

    [Fact]
    public void Read_NeverWritten_IsNull() => Assert.Null(File_.Read());

    [Fact]
    public void Write_KilledBeforeTheRename_LeavesTheOldContent()
    {
        File_.Write(Identity);
        File.WriteAllText(Path + ".tmp", "{\"tenantId\":\"ten_"); // as far as the killed one came

        Assert.Equal(Identity, File_.Read());
        File_.Write(Identity with { SiteId = "site_b" });
        Assert.Equal("site_b", File_.Read()!.SiteId);
    }

    [Fact]
    public void Write_FolderIsGone_ThrowsAndNothingChanges()
    {
        var file = new StateFile<NodeIdentity>(System.IO.Path.Combine(_folder.Path, "gone", "x.json"), StateJson.Default.NodeIdentity);

        Assert.ThrowsAny<IOException>(() => file.Write(Identity));
        Assert.Null(file.Read());
    }

    [Fact]
    public void Write_File_IsTheOwnersAlone()
    {
        File_.Write(Identity);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void Read_Edited_FailsLoudly()
    {
        File.WriteAllText(Path, "{\"tenantId\":");

        Assert.ThrowsAny<JsonException>(() => File_.Read());
    }

    public void Dispose() => _folder.Dispose();
}

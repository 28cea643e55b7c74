using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts;
using Saas.Keys.LocalFile;
using Saas.TestKit;

namespace Saas.Keys.Tests.LocalFile;

[UnsupportedOSPlatform("windows")]
public sealed class LocalFileKeyTests : IDisposable
{
    private static readonly TenantId Tenant = TenantId.New(TimeProvider.System);

    private readonly TempDirectory _directory = new();

    private string KeyPath => _directory.File("kek");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_FileMissing_MakesOneThatOnlyItsOwnerMayRead()
    {
        using var kek = Open(_directory.File("deeper/kek"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File("deeper/kek")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory.File("deeper")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void Open_FileOpenToOthers_IsRefused(UnixFileMode others)
    {
        Open(KeyPath).Dispose();
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);

        Assert.Contains("chmod 600", Assert.Throws<KeyFileException>(() => Open(KeyPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_TwoProcessesAtOnce_MakeOneFile()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Open(KeyPath))));
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var kek in keys)
        {
            ids.Add(await kek.CurrentIdAsync(default));
            kek.Dispose();
        }

        Assert.Single(ids);
        Assert.Equal([KeyPath], Directory.GetFiles(_directory.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("saas-key-file 1\n")]
    [InlineData("saas-key-file 2\n")]
    [InlineData("saas-key-file 1\nkek_01h0000000000000000000000a short\n")]
    [InlineData("saas-key-file 1\nnoid AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("saas-key-file 1\nkek_01h0000000000000000000000a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")]
    [InlineData("saas-key-file 1\nkek_01h0000000000000000000000a ////////////////////////////////////////!!==\n")]
    public void Open_FileSpoiled_IsRefusedWithoutTellingWhatIsInIt(string content)
    {
        File.WriteAllText(KeyPath, content);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var error = Assert.Throws<KeyFileException>(() => Open(KeyPath));

        Assert.Equal($"{KeyPath} is not a key file.", error.Message);
    }

    [Fact]
    public async Task Rotate_ProcessRunning_WrapsByTheNewVersionFromItsNextUse()
    {
        using var kek = Open(KeyPath);
        var before = await kek.WrapAsync(Tenant, new byte[32], default);

        var added = LocalFileKey.Rotate(KeyPath, TimeProvider.System);

        Assert.Equal(added, (await kek.WrapAsync(Tenant, new byte[32], default)).KekId);
        Assert.Equal(32, (await kek.UnwrapAsync(Tenant, before, default)).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
    }

    [Fact]
    public async Task Rotate_ManyAtOnce_LosesNoVersion()
    {
        using var kek = Open(KeyPath);
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            try
            {
                return LocalFileKey.Rotate(KeyPath, TimeProvider.System);
            }
            catch (KeyFileException)
            {
                return null;
            }
        })));

        var text = await File.ReadAllTextAsync(KeyPath);
        Assert.Contains(added, id => id is not null);
        Assert.All(added.Where(id => id is not null), id => Assert.Contains(id!, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Rotate_NoFile_IsRefused() => Assert.Throws<KeyFileException>(() => LocalFileKey.Rotate(KeyPath, TimeProvider.System));

    [Fact]
    public async Task RotateCommand_PrintsTheNewVersionOrWhyNot()
    {
        using var kek = Open(KeyPath);
        using var output = new StringWriter();

        Assert.Equal(0, KeyFileCommand.Rotate(KeyPath, TimeProvider.System, output, output));
        Assert.Equal(await kek.CurrentIdAsync(default), output.ToString().TrimEnd());
        Assert.Equal(1, KeyFileCommand.Rotate(KeyPath + "x", TimeProvider.System, output, output));
        Assert.EndsWith("is missing." + Environment.NewLine, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unwrap_FileBecameReadableToOthers_ServesNoMore()
    {
        using var kek = Open(KeyPath);
        var wrapped = await kek.WrapAsync(Tenant, new byte[32], default);
        LocalFileKey.Rotate(KeyPath, TimeProvider.System);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(async () => await kek.UnwrapAsync(Tenant, wrapped, default));
    }

    private static LocalFileKey Open(string path) => LocalFileKey.Open(path, TimeProvider.System, NullLogger.Instance);
}

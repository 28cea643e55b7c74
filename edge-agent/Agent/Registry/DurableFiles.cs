using Saas.EdgeAgent.Drivers;
using Saas.LocalRegistry;

namespace Saas.EdgeAgent.Registry;

/// <summary>The local registry's files, in a folder of the data directory that is its owner's alone.</summary>
internal sealed class DurableFiles : IDurableFiles
{
    private readonly string _folder;

    /// <exception cref="IOException"/>
    public DurableFiles(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public IDurableFile Open(string name) => new DurableFile(Path.Combine(_folder, name));

    private sealed class DurableFile(string path) : IDurableFile
    {
        public byte[]? Read() => File.Exists(path) ? File.ReadAllBytes(path) : null;

        public void Write(ReadOnlySpan<byte> content) => AtomicFile.Write(path, content);
    }
}

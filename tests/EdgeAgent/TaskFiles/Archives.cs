using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Saas.EdgeAgent.Tests.TaskFiles;

/// <summary>Archives made in memory, good ones and bad ones.</summary>
internal static class Archives
{
    public static TarEntry File(string name, string content, UnixFileMode mode = UnixFileMode.UserRead) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), Mode = mode };

    public static TarEntry Folder(string name) => new PaxTarEntry(TarEntryType.Directory, name);

    public static TarEntry Link(string name, string target) => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target };

    public static TarEntry HardLink(string name, string target) => new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target };

    public static TarEntry Pipe(string name) => new PaxTarEntry(TarEntryType.Fifo, name);

    public static byte[] Tar(params TarEntry[] entries)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }

    public static byte[] TarGz(params TarEntry[] entries)
    {
        var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
        {
            packed.Write(Tar(entries));
        }

        return bytes.ToArray();
    }

    /// <param name="entries">A mode of Unix, type included; 0: none.</param>
    public static byte[] Zip(params (string Name, string Content, int Mode)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content, mode) in entries)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = mode << 16;
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return bytes.ToArray();
    }
}

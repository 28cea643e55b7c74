using System.Collections.Concurrent;

namespace Saas.LocalRegistry.Tests.Fakes;

/// <summary>A data directory that outlives agents, and a disk that can be full.</summary>
internal sealed class MemoryFiles : IDurableFiles
{
    public ConcurrentDictionary<string, byte[]> Contents { get; } = new();

    public bool IsFull { get; set; }

    public IDurableFile Open(string name) => new MemoryFile(this, name);

    private sealed class MemoryFile(MemoryFiles files, string name) : IDurableFile
    {
        public byte[]? Read() => files.Contents.GetValueOrDefault(name);

        public void Write(ReadOnlySpan<byte> content)
        {
            if (files.IsFull)
            {
                throw new IOException("No space left on device");
            }

            files.Contents[name] = content.ToArray();
        }
    }
}

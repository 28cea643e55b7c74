using System.Buffers.Text;
using System.Text;
using Saas.Contracts;

namespace Saas.Keys.LocalFile;

/// <summary>One version of the key in a file.</summary>
internal sealed record KeyFileVersion(string Id, SecretBuffer Key);

/// <summary>
/// The versions in a key file, oldest first; the last one wraps. The file is text, mode 0600: the line
/// <c>saas-key-file 1</c>, then a line <c>kek_ID BASE64</c> with 32 bytes for each version.
/// </summary>
internal sealed class KeyFile(IReadOnlyList<KeyFileVersion> versions) : IDisposable
{
    public const string IdPrefix = "kek";
    public const int KeyBytes = 32;

    private const int MaxFileBytes = 64 * 1024;
    private const int Base64Bytes = 44;

    private static ReadOnlySpan<byte> Header => "saas-key-file 1\n"u8;

    public KeyFileVersion Current => versions[^1];

    public IReadOnlyList<KeyFileVersion> Versions => versions;

    public KeyFileVersion? Find(string id) => versions.FirstOrDefault(version => version.Id == id);

    /// <summary>A file with one new version, unless there is a file. True: it was made now.</summary>
    public static bool CreateIfMissing(string path, TimeProvider time)
    {
        using var file = new KeyFile([NewVersion(time)]);
        using var text = file.Format();
        return PrivateFile.TryCreate(path, text.Span);
    }

    /// <summary>
    /// Adds a version, by which everything is wrapped from then on. Running processes see it at their next use.
    /// </summary>
    /// <returns>The id of the new version.</returns>
    /// <exception cref="KeyFileException">There is no file, it cannot be used, or another rotation is under way.</exception>
    public static string Rotate(string path, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            throw new KeyFileException($"{path} is missing.");
        }

        // Two that read the same file would each write one new version, and what the loser's had wrapped were lost.
        using var turn = Lock(path);
        using var old = Read(path);
        using var added = new KeyFile([NewVersion(time)]);
        using var text = new KeyFile([.. old.Versions, added.Current]).Format();
        PrivateFile.Replace(path, text.Span);
        return added.Current.Id;
    }

    /// <exception cref="KeyFileException">It is missing, open to others, or not a key file.</exception>
    public static KeyFile Read(string path)
    {
        try
        {
            using var text = PrivateFile.Read(path, MaxFileBytes);
            return Parse(text.Span) ?? throw new KeyFileException($"{path} is not a key file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"{path} cannot be read: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        foreach (var version in versions)
        {
            version.Key.Dispose();
        }
    }

    private static KeyFileVersion NewVersion(TimeProvider time) => new(EntityId.New(IdPrefix, time), SecretBuffer.Random(KeyBytes));

    private static KeyFile? Parse(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(Header))
        {
            return null;
        }

        var versions = new List<KeyFileVersion>();
        using var kept = new Unless(() => versions.ForEach(static version => version.Key.Dispose()));
        for (text = text[Header.Length..]; text.Length > 0;)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (line.IsEmpty)
            {
                continue;
            }

            if (ParseVersion(line) is not { } version)
            {
                return null;
            }

            versions.Add(version);
        }

        if (versions.Count == 0 || versions.DistinctBy(static version => version.Id).Count() != versions.Count)
        {
            return null;
        }

        kept.Done();
        return new KeyFile(versions);
    }

    private static KeyFileVersion? ParseVersion(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        if (space < 0 || line.Length - space - 1 != Base64Bytes || Encoding.UTF8.GetString(line[..space]) is var id && !EntityId.IsValid(IdPrefix, id))
        {
            return null;
        }

        // Base 64 in whole groups writes a multiple of three bytes before it knows of the padding.
        using var decoded = SecretBuffer.Allocate(KeyBytes + 1);
        return Base64.DecodeFromUtf8(line[(space + 1)..], decoded.Span, out _, out var written) == System.Buffers.OperationStatus.Done && written == KeyBytes
            ? new KeyFileVersion(Encoding.UTF8.GetString(line[..space]), SecretBuffer.CopyOf(decoded.Span[..KeyBytes]))
            : null;
    }

    private SecretBuffer Format()
    {
        var text = SecretBuffer.Allocate(Header.Length + versions.Sum(static version => version.Id.Length + 1 + Base64Bytes + 1));
        Header.CopyTo(text.Span);
        var rest = text.Span[Header.Length..];
        foreach (var version in versions)
        {
            rest = rest[Encoding.UTF8.GetBytes(version.Id, rest)..];
            rest[0] = (byte)' ';
            Base64.EncodeToUtf8(version.Key.Span, rest[1..], out _, out _);
            rest[1 + Base64Bytes] = (byte)'\n';
            rest = rest[(Base64Bytes + 2)..];
        }

        return text;
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new KeyFileException($"{path}.lock is held or cannot be made: is another rotation under way?", e);
        }
    }

    private sealed class Unless(Action otherwise) : IDisposable
    {
        private bool _isDone;

        public void Done() => _isDone = true;

        public void Dispose()
        {
            if (!_isDone)
            {
                otherwise();
            }
        }
    }
}

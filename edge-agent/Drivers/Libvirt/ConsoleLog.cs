using System.Text;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// The file that takes a VM's serial console: <c>logs/console.log</c> of the task's folder, appended to by every run and
/// rotated by virtlogd (to <c>console.log.0</c>, by default at 2 MiB with 3 kept).
/// </summary>
internal static class ConsoleLog
{
    private const int MaxTailBytes = 64 * 1024;

    // One byte for one byte that is no UTF-8, so that the text is never longer than what was read.
    private static readonly Encoding Lenient = Encoding.GetEncoding(
        "utf-8", EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("?"));

    /// <summary>
    /// Makes the file if it is not there. libvirt would make it as root's own; made here it stays readable to an agent
    /// that is not root.
    /// </summary>
    /// <exception cref="DriverException">Transient: the file cannot be made.</exception>
    public static string Prepare(string taskDirectory)
    {
        try
        {
            var logs = Directory.CreateDirectory(Path.Combine(Path.GetFullPath(taskDirectory), "logs"));
            var path = Path.Combine(logs.FullName, "console.log");
            using (new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            {
                return path;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DriverException(DriverFault.Transient, $"the console's file cannot be made: {fault.Message}", fault);
        }
    }

    /// <summary>The last bytes as text for a terminal; goes on in the rotated file when the newest one is short.</summary>
    public static string ReadTail(string path, int maxBytes)
    {
        var wanted = Math.Clamp(maxBytes, 0, MaxTailBytes);
        var newest = ReadLastBytes(path, wanted);
        var older = newest.Length < wanted ? ReadLastBytes($"{path}.0", wanted - newest.Length) : [];
        return ToPlainText([.. older, .. newest]);
    }

    private static byte[] ReadLastBytes(string path, int count)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[Math.Min(count, file.Length)];
            file.Seek(-bytes.Length, SeekOrigin.End);
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>A guest writes what it likes: only text and line ends may reach a person's terminal.</summary>
    private static string ToPlainText(ReadOnlySpan<byte> bytes)
    {
        // A character cut in two by the start of the tail is left out.
        const int longestRest = 3;
        for (var i = 0; i < longestRest && bytes.Length > 0 && (bytes[0] & 0xC0) == 0x80; i++)
        {
            bytes = bytes[1..];
        }

        var text = new StringBuilder(bytes.Length);
        foreach (var c in Lenient.GetString(bytes))
        {
            if (c is '\n' or '\t' || !char.IsControl(c))
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }
}

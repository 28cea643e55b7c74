namespace Saas.EdgeAgent.Drivers.Files;

/// <summary>What the kernel says of a file (statx(2)).</summary>
/// <param name="Mode">Kind and permissions, as in <c>st_mode</c>.</param>
public readonly record struct FileStatus(ushort Mode, long Size, DateTimeOffset ModifiedAt, (uint Major, uint Minor, ulong Number) Inode)
{
    private const int KindMask = 0xF000;

    public bool IsDirectory => (Mode & KindMask) == 0x4000;

    public bool IsRegular => (Mode & KindMask) == 0x8000;

    /// <summary>As Go's <c>os.FileMode</c> prints it: <c>-rw-r--r--</c>, <c>drwxrwxrwt</c> as <c>dtrwxrwxrwx</c>.</summary>
    public string Text
    {
        get
        {
            var kind = (Mode & KindMask) switch
            {
                0x4000 => "d",
                0xA000 => "L",
                0x6000 => "D",
                0x1000 => "p",
                0xC000 => "S",
                0x2000 => "Dc",
                _ => "",
            };
            var mode = Mode;
            var special = string.Concat(Has(0x800, "u"), Has(0x400, "g"), Has(0x200, "t"));

            // Go's order: d a l T L D p S u g c t; a character device's c stands behind u and g.
            var before = kind == "Dc" ? $"D{Has(0x800, "u")}{Has(0x400, "g")}c{Has(0x200, "t")}" : kind + special;
            return (before.Length == 0 ? "-" : before) + string.Create(9, mode, static (text, bits) =>
            {
                const string letters = "rwxrwxrwx";
                for (var i = 0; i < text.Length; i++)
                {
                    text[i] = (bits & (1 << (8 - i))) != 0 ? letters[i] : '-';
                }
            });

            string Has(int bit, string letter) => (mode & bit) != 0 ? letter : "";
        }
    }
}

public enum FileFault
{
    NotFound,

    /// <summary>It leads out of the folder, by <c>..</c> or by a symbolic link.</summary>
    Escapes,

    /// <summary>The kernel refuses it to the agent's user, or it is of a kind that cannot be read.</summary>
    Denied,
}

/// <summary>A file of a confined folder cannot be had. The message has the path as it was asked for.</summary>
public sealed class FileException(FileFault fault, string message) : Exception(message)
{
    public FileFault Fault { get; } = fault;
}

using System.Security.Cryptography;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.State;

/// <summary>The data directory cannot be used; the message says why, for people.</summary>
internal sealed class DataDirectoryException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The agent's folder, its owner's alone (0700), held by one agent at a time: the lock goes with the process, however
/// that ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string IdentityFile => File("identity.json");
    public string AssignmentFile => File("assignment.json");
    public string UsageFile => File("usage.json");
    public string AllocationRecords => File("allocations");
    public string AllocationFolders => File("allocs");
    public string DriverState => File("drivers");
    public string RegistryState => File("registry");

    /// <exception cref="DataDirectoryException">Another agent runs on it, or it cannot be made or written.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            path = System.IO.Path.GetFullPath(path);
            Directory.CreateDirectory(path, OwnerOnly);
            System.IO.File.SetUnixFileMode(path, OwnerOnly);
            var directory = new DataDirectory(path, Lock(path));
            Directory.CreateDirectory(directory.AllocationRecords, OwnerOnly);
            Directory.CreateDirectory(directory.AllocationFolders);
            Directory.CreateDirectory(directory.DriverState, OwnerOnly);
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"Cannot use data directory {path}: {e.Message}", e);
        }
    }

    /// <summary>The agent's P-256 key. Written before anyone hears of it, so that an enrolment cut off is repeated with the same key.</summary>
    public ECDsa OpenKey()
    {
        var path = File("key.pem");
        if (System.IO.File.Exists(path))
        {
            var known = ECDsa.Create();
            known.ImportFromPem(System.IO.File.ReadAllText(path));
            return known;
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AtomicFile.Write(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return key;
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            // .NET takes flock(2) for FileShare.None. Never deleted: a new file of this name would be a second lock.
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DataDirectoryException($"Another agent runs on data directory {path}.", e);
        }
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}

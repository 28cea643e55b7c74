using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Saas.Contracts;

namespace Saas.Keys.LocalFile;

/// <summary>
/// A key-encryption key in a file on this machine, the embedded default. AES-256-GCM with a random nonce, and the
/// tenant and the version's id as associated data. The file is looked at (not read) at every use, so a rotation is
/// seen at once; a file that is gone or spoiled serves no more, because its owner may mean that.
/// <code>
/// offset  bytes
///      0      1  version: 1
///      1     12  nonce
///     13     32  the root key, encrypted
///     45     16  tag
/// </code>
/// </summary>
public sealed partial class LocalFileKey : IKeyEncryptionKey, IDisposable
{
    private const byte FormatVersion = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int OverheadBytes = 1 + NonceBytes + TagBytes;

    private readonly string _path;

    /// <summary>Held for microseconds, once in a tenant's cache life: no reader ever sees a version being zeroed.</summary>
    private readonly Lock _gate = new();
    private KeyFile _file;
    private (DateTime WrittenAt, long Length) _stamp;

    private LocalFileKey(string path) => (_path, _stamp, _file) = (path, Stamp(path), KeyFile.Read(path));

    /// <summary>The key in the file, which is made if it is missing.</summary>
    /// <exception cref="KeyFileException">It is open to others, or not a key file, or cannot be made.</exception>
    public static LocalFileKey Open(string path, TimeProvider time, ILogger logger)
    {
        try
        {
            if (KeyFile.CreateIfMissing(path, time))
            {
                Made(logger, path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"{path} cannot be made: {e.Message}", e);
        }

        return new LocalFileKey(path);
    }

    /// <summary>Adds a version to the file; <see cref="RootKeyRewrap"/> then brings the root keys under it.</summary>
    /// <returns>The new version's id.</returns>
    /// <exception cref="KeyFileException">There is no usable file, or another rotation is under way.</exception>
    public static string Rotate(string path, TimeProvider time) => KeyFile.Rotate(path, time);

    public bool Knows(string kekId) => EntityId.IsValid(KeyFile.IdPrefix, kekId);

    public ValueTask<string> CurrentIdAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(Latest().Current.Id);
        }
    }

    public ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var bytes = new byte[OverheadBytes + rootKey.Length];
        bytes[0] = FormatVersion;
        var nonce = bytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> space = stackalloc byte[LengthPrefixed.StackBytes];
        lock (_gate)
        {
            var version = Latest().Current;
            using var aes = new AesGcm(version.Key.Span, TagBytes);
            aes.Encrypt(nonce, rootKey.Span, bytes.AsSpan(1 + NonceBytes, rootKey.Length), bytes.AsSpan(bytes.Length - TagBytes), Associated(space, version.Id, tenant));
            return ValueTask.FromResult(new WrappedKey(version.Id, bytes));
        }
    }

    public ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var bytes = wrapped.Bytes.AsSpan();
        if (bytes.Length < OverheadBytes || bytes[0] != FormatVersion)
        {
            throw Broken(tenant);
        }

        Span<byte> space = stackalloc byte[LengthPrefixed.StackBytes];
        var root = SecretBuffer.Allocate(bytes.Length - OverheadBytes);
        try
        {
            lock (_gate)
            {
                var version = Latest().Find(wrapped.KekId)
                    ?? throw new KeyEncryptionUnavailableException($"{_path} has no version {wrapped.KekId}.");
                using var aes = new AesGcm(version.Key.Span, TagBytes);
                aes.Decrypt(bytes.Slice(1, NonceBytes), bytes[(1 + NonceBytes)..^TagBytes], bytes[^TagBytes..], root.Span, Associated(space, version.Id, tenant));
                return ValueTask.FromResult(root);
            }
        }
        catch (Exception e)
        {
            root.Dispose();
            throw e is AuthenticationTagMismatchException ? Broken(tenant) : e;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file.Dispose();
        }
    }

    private KeyFile Latest()
    {
        try
        {
            // The stamp from before the file is read: a change in between is read again.
            var stamp = Stamp(_path);
            if (stamp != _stamp)
            {
                var changed = KeyFile.Read(_path);
                _file.Dispose();
                (_file, _stamp) = (changed, stamp);
            }

            return _file;
        }
        catch (KeyFileException e)
        {
            throw new KeyEncryptionUnavailableException(e.Message, e);
        }
    }

    /// <exception cref="KeyFileException">There is no such file.</exception>
    private static (DateTime WrittenAt, long Length) Stamp(string path) => new FileInfo(path) is { Exists: true } file
        ? (file.LastWriteTimeUtc, file.Length)
        : throw new KeyFileException($"{path} is missing.");

    private static ReadOnlySpan<byte> Associated(Span<byte> space, string version, TenantId tenant) =>
        LengthPrefixed.Write(space, "saas/rootkey/1", version, tenant.Value);

    private static WrappedKeyBrokenException Broken(TenantId tenant) => new($"The root key of tenant {tenant} was altered, or is another tenant's.");

    [LoggerMessage(1, LogLevel.Warning, "A new key-encryption key was made in {Path}: without a copy of that file nothing in the store can ever be read.")]
    private static partial void Made(ILogger logger, string path);
}

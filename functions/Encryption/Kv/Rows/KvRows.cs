using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Encryption.Vault;
using Saas.Keys;
using Saas.Storage.Tables;

namespace Saas.Encryption.Kv.Rows;

/// <summary>
/// A mount's rows, open for one request. Every value is sealed; paths stand in row keys only as their HMAC under a key
/// of the tenant's, so that the store knows how many secrets a folder has, and neither their names nor the folder's.
/// <list type="table">
/// <item><c>config</c>: the mount's <see cref="KvConfig"/></item>
/// <item><c>s{path}</c>: a <see cref="SecretRecord"/></item>
/// <item><c>v{id}.{number}</c>: one version's value</item>
/// <item><c>e{folder}.{path}</c>: a name in a folder, a secret's or, with a slash at its end, a folder's</item>
/// </list>
/// </summary>
internal sealed class KvRows : IDisposable
{
    public const string ConfigRow = "config";

    public const string Table = "kvsecrets";
    private const int NameKeyBytes = 32;

    /// <summary>Of the HMAC; two of 2^32 paths meet with a probability of 2^-65.</summary>
    private const int HashBytes = 16;

    private readonly TenantSeal _seal;
    private readonly SecretBuffer _nameKey;

    private KvRows(TablePartition partition, TenantSeal seal)
    {
        (Partition, _seal) = (partition, seal);
        _nameKey = seal.Derive("kv/names/" + partition.Key, NameKeyBytes);
    }

    public TablePartition Partition { get; }

    public static ValueTask<KvRows> OpenAsync(VaultRequest request, CancellationToken ct) =>
        OpenAsync(request.Service<TenantKeys>(), request, ct);

    private static async ValueTask<KvRows> OpenAsync(TenantKeys keys, VaultRequest request, CancellationToken ct) =>
        new(request.Rows(Table), await keys.OpenAsync(request.Tenant, ct));

    public string SecretRow(string path) => "s" + Hash(path);

    public static string VersionRow(SecretRecord secret, int number) => $"v{secret.Id}.{number:D10}";

    /// <param name="folder">Empty, or with a slash at its end.</param>
    public string EntryRow(string folder, string name) => $"e{Hash(folder)}.{Hash(folder + name)}";

    public RowRange EntriesOf(string folder) => RowRange.Prefix($"e{Hash(folder)}.");

    /// <exception cref="InvalidDataException">The row is another secret's.</exception>
    public async ValueTask<Document<SecretRecord>?> FindAsync(string path, CancellationToken ct)
    {
        var found = await GetAsync(SecretRow(path), KvJson.Default.SecretRecord, ct);
        return found is null || found.Value.Path == path ? found : throw new InvalidDataException($"Row {found.Row} is of another path.");
    }

    /// <summary>A version's value as JSON, for the caller to dispose; null if it has just been removed.</summary>
    public async ValueTask<SecretBuffer?> ValueAsync(SecretRecord secret, int number, CancellationToken ct) =>
        await Partition.GetAsync(VersionRow(secret, number), ct) is { } row ? Open(row) : null;

    public async ValueTask<Document<T>?> GetAsync<T>(string row, JsonTypeInfo<T> type, CancellationToken ct)
    {
        if (await Partition.GetAsync(row, ct) is not { } found)
        {
            return null;
        }

        using var plain = Open(found);
        var value = JsonSerializer.Deserialize(plain.Span, type) ?? throw new InvalidDataException($"Row {row} holds null.");
        return new Document<T>(row, value, found.ETag);
    }

    public SecretBuffer Open(TableRow row) => _seal.Open(Partition, row.Row, row.Value.Span);

    public byte[] Seal(string row, ReadOnlySpan<byte> plain) => _seal.Seal(Partition, row, plain);

    /// <exception cref="VaultException">413: it does not fit into a row.</exception>
    public byte[] Seal<T>(string row, T value, JsonTypeInfo<T> type)
    {
        using var plain = new PooledBuffer();
        using var json = new Utf8JsonWriter(plain, VaultJson.Writing);
        JsonSerializer.Serialize(json, value, type);
        json.Flush();
        KvLimits.CheckSize(plain.WrittenCount);
        return Seal(row, plain.WrittenSpan);
    }

    public void Dispose()
    {
        _nameKey.Dispose();
        _seal.Dispose();
    }

    private string Hash(string path)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> utf8 = stackalloc byte[KvPath.MaxBytes + 1];
        HMACSHA256.HashData(_nameKey.Span, utf8[..Encoding.UTF8.GetBytes(path, utf8)], hash);
        return Convert.ToHexStringLower(hash[..HashBytes]);
    }
}

using System.Buffers;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Vault;
using Saas.Keys;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// The material of those versions of a key that a request's items name, leased before the first item is carried out, so
/// that items wait for nothing. Most requests name one version, which costs no array.
/// </summary>
internal sealed class LeasedVersions(VaultRequest request, TransitKey key) : IDisposable
{
    private readonly TransitKeys _keys = request.Service<TransitKeys>();
    private int _firstVersion;
    private Lease<KeyMaterial> _first;
    private Lease<KeyMaterial>[]? _others;

    public TransitKey Key => key;

    /// <exception cref="KeyNotFoundException">It was not leased.</exception>
    public KeyMaterial this[int version] =>
        version == _firstVersion ? _first.Value
        : _others is not null && IndexOf(version) is var index && IsLeased(index) ? _others[index].Value
        : throw new KeyNotFoundException($"Version {version} was not leased.");

    /// <param name="version">One that <see cref="TransitKey.Find"/> finds.</param>
    /// <exception cref="VaultException">400: it was trimmed away meanwhile.</exception>
    public ValueTask LeaseAsync(int version, CancellationToken ct)
    {
        if (version == _firstVersion || (_others is not null && IsLeased(IndexOf(version))))
        {
            return ValueTask.CompletedTask;
        }

        var lease = _keys.MaterialAsync(request, key, version, ct);
        if (!lease.IsCompletedSuccessfully)
        {
            return AwaitAsync(lease, version);
        }

        Keep(lease.Result, version);
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _first.Dispose();
        _firstVersion = 0;
        if (_others is not null)
        {
            for (var i = 0; i < key.Versions.Count; i++)
            {
                _others[i].Dispose();
            }

            ArrayPool<Lease<KeyMaterial>>.Shared.Return(_others, clearArray: true);
            _others = null;
        }
    }

    private async ValueTask AwaitAsync(ValueTask<Lease<KeyMaterial>> lease, int version) => Keep(await lease, version);

    private void Keep(Lease<KeyMaterial> lease, int version)
    {
        if (_firstVersion == 0)
        {
            (_first, _firstVersion) = (lease, version);
            return;
        }

        _others ??= RentEmpty(key.Versions.Count);
        _others[IndexOf(version)] = lease;
    }

    private static Lease<KeyMaterial>[] RentEmpty(int length)
    {
        var array = ArrayPool<Lease<KeyMaterial>>.Shared.Rent(length);
        array.AsSpan().Clear();
        return array;
    }

    private int IndexOf(int version) => version - key.Versions[0].Number;

    private bool IsLeased(int index) => _others![index].IsHeld;
}

using Saas.Encryption.Vault;

namespace Saas.Encryption.Wrapping;

/// <summary>Puts an answer aside that was asked to be wrapped.</summary>
internal sealed class ResponseWrapping(WrappingStore store) : IResponseWrapping
{
    private const string Prefix = "/v1/";

    public async ValueTask<WrapInfo> WrapAsync(VaultRequest request, ReadOnlyMemory<byte> envelope, TimeSpan ttl, CancellationToken ct)
    {
        var path = request.Api.Http.Request.Path.Value ?? "";
        return await store.PutAsync(
            request.Tenant, envelope, ttl, path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : path, request.IssuedAccessor, ct);
    }
}

namespace Saas.Encryption.Vault;

/// <summary>Where an answer went that was asked to be wrapped (<c>X-Vault-Wrap-TTL</c>).</summary>
/// <param name="Token">Opens it, once.</param>
/// <param name="Accessor">Names the token without opening anything.</param>
/// <param name="CreationPath">What was asked: <c>transit/export/encryption-key/orders</c>.</param>
/// <param name="WrappedAccessor">Of the token that is wrapped, where one is.</param>
internal sealed record WrapInfo(
    string Token, string Accessor, TimeSpan Ttl, DateTimeOffset CreatedAt, string CreationPath, string? WrappedAccessor = null);

/// <summary>Keeps an answer for whoever holds its token, for a time.</summary>
internal interface IResponseWrapping
{
    /// <param name="envelope">The whole answer as the client would have got it.</param>
    ValueTask<WrapInfo> WrapAsync(VaultRequest request, ReadOnlyMemory<byte> envelope, TimeSpan ttl, CancellationToken ct);
}

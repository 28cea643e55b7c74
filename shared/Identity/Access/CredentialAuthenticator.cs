using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Identity.Credentials;
using Saas.Identity.Keys;
using Saas.Identity.Rows;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Identity.Access;

/// <summary>
/// API keys and agents' access tokens against the store, with a cache of seconds in front. A warm call reads nothing,
/// allocates nothing and awaits nothing.
/// </summary>
public sealed partial class CredentialAuthenticator(
    TenantScopes scopes, Authorizer authorizer, IChangeSignal signal, TimeProvider time, ILogger<CredentialAuthenticator> logger)
    : ICredentialAuthenticator
{
    /// <summary>Entries of about a kilobyte.</summary>
    private const int CacheCapacity = 20_000;

    /// <summary>A key's last use is written at most this often.</summary>
    public static readonly TimeSpan LastUsedEvery = TimeSpan.FromMinutes(1);

    private readonly CredentialReader _reader = new(scopes, authorizer, signal, time);
    private readonly CredentialCache _cache = new(signal, time, CacheCapacity);

    public ValueTask<AuthenticationResult> AuthenticateAsync(string credential, CancellationToken ct)
    {
        if (!CredentialText.TryLocate(credential, out var kind, out var locator) || kind is not (CredentialKind.ApiKey or CredentialKind.AgentAccessToken))
        {
            return ValueTask.FromResult(AuthenticationResult.Failed(AuthenticationFailure.Malformed));
        }

        Span<byte> hash = stackalloc byte[CredentialText.HashBytes];
        CredentialText.Hash(credential, hash);
        if (_cache.Find(locator) is { } cached)
        {
            if (cached.Judge(hash, time.GetUtcNow()) is { } known)
            {
                return ValueTask.FromResult(known);
            }

            // A key has one secret for ever; an agent may have been given a new token by another process since.
            if (kind == CredentialKind.ApiKey)
            {
                return ValueTask.FromResult(AuthenticationResult.Failed(AuthenticationFailure.Unknown));
            }
        }

        return new ValueTask<AuthenticationResult>(ReadAsync(kind, locator.ToString(), hash.ToArray(), ct));
    }

    private async Task<AuthenticationResult> ReadAsync(CredentialKind kind, string locator, byte[] hash, CancellationToken ct)
    {
        var (tenant, entityId) = CredentialText.Names(kind, locator);
        if (await _reader.ReadAsync(kind, tenant, entityId, ct) is not { } entry)
        {
            return AuthenticationResult.Failed(AuthenticationFailure.Unknown);
        }

        _cache.Put(locator, entry);
        var result = entry.Judge(hash, time.GetUtcNow()) ?? AuthenticationResult.Failed(AuthenticationFailure.Unknown);
        if (kind == CredentialKind.ApiKey && result.Principal is not null)
        {
            await NoteUseAsync(tenant, entityId, ct);
        }

        return result;
    }

    /// <summary>
    /// Only on the way past the cache, so once in seconds at most. A lost race or a store in trouble loses the note,
    /// not the request.
    /// </summary>
    private async Task NoteUseAsync(TenantId tenant, string keyId, CancellationToken ct)
    {
        try
        {
            var rows = scopes.For(tenant).IdentityRows();
            var now = time.GetUtcNow();
            if (await rows.GetAsync(IdentityTable.Key(keyId), IdentityJson.Default.ApiKeyRecord, ct) is { } key
                && key.Value.RevokedAt is null
                && (key.Value.LastUsedAt is not { } last || now - last >= LastUsedEvery))
            {
                var used = key.Value with { LastUsedAt = now };
                await rows.WriteAsync(
                    TableWrite.Replace(key.Row, TablePartition.Bytes(used, IdentityJson.Default.ApiKeyRecord), key.ETag), ct);
            }
        }
        catch (StorageUnavailableException e)
        {
            LastUseNotWritten(e, keyId);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The last use of key {KeyId} could not be written.")]
    private partial void LastUseNotWritten(Exception e, string keyId);
}

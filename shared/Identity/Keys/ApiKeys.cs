using Saas.Contracts;
using Saas.Identity.Credentials;

namespace Saas.Identity.Keys;

/// <summary>The key as it is shown once, and what is stored of it.</summary>
public sealed record IssuedApiKey(ApiKeyRecord Record, string Secret);

public static class ApiKeys
{
    /// <param name="describe">Fills in what the key may do; id, hash and time are given.</param>
    public static IssuedApiKey Mint(TenantId tenant, string name, TimeProvider time, Func<ApiKeyRecord, ApiKeyRecord> describe)
    {
        var id = EntityId.New(IdPrefixes.Key, time);
        var secret = CredentialText.Mint(CredentialKind.ApiKey, tenant, id);
        var blank = new ApiKeyRecord { Id = id, Name = name, Hash = CredentialText.Hash(secret), CreatedAt = time.GetUtcNow() };
        return new IssuedApiKey(describe(blank), secret);
    }
}

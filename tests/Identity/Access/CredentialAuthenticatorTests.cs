using Microsoft.Extensions.DependencyInjection;
using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Identity.Tests.Shared;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Tests.Access;

public class CredentialAuthenticatorTests
{
    private readonly CountingTableStore _store = new();
    private readonly IdentityBench _bench;

    public CredentialAuthenticatorTests() => _bench = new IdentityBench(_store);

    [Fact]
    public async Task Authenticate_FirstKey_IsTheOwner()
    {
        var (scope, founded) = await _bench.FoundAsync();
        var principal = (await AuthenticateAsync(founded.ApiKey)).Principal;
        Assert.NotNull(principal);
        Assert.Equal(scope.Tenant, principal.Tenant);
        Assert.Equal("dev", principal.Plan);
        Assert.True(_bench.Authorizer.Decide(principal, "tenant:delete", "tenant").IsAllowed);
    }

    [Fact]
    public async Task Authenticate_WrongSecretOfARealKey_IsUnknownAlsoWhenTheKeyIsCached()
    {
        var (_, founded) = await _bench.FoundAsync();
        var wrong = founded.ApiKey[..^1] + (founded.ApiKey[^1] == '0' ? 'g' : '0');
        Assert.Equal(AuthenticationFailure.Unknown, (await AuthenticateAsync(wrong)).Failure);
        Assert.NotNull((await AuthenticateAsync(founded.ApiKey)).Principal);
        Assert.Null((await AuthenticateAsync(wrong)).Principal);
    }

    [Fact]
    public async Task Authenticate_NotACredential_IsMalformedAndReadsNothing()
    {
        var before = _store.Reads;
        Assert.Equal(AuthenticationFailure.Malformed, (await AuthenticateAsync("hunter2")).Failure);
        Assert.Equal(before, _store.Reads);
    }

    [Fact]
    public async Task Authenticate_Again_ReadsNothingForFiveSeconds()
    {
        var (_, founded) = await _bench.FoundAsync();
        await AuthenticateAsync(founded.ApiKey);
        var before = _store.Reads;
        _bench.Time.Advance(TimeSpan.FromSeconds(4.9));
        var call = _bench.Authenticator.AuthenticateAsync(founded.ApiKey, CancellationToken.None);
        Assert.True(call.IsCompletedSuccessfully);
        Assert.NotNull((await call).Principal);
        Assert.Equal(before, _store.Reads);

        _bench.Time.Advance(TimeSpan.FromSeconds(0.2));
        await AuthenticateAsync(founded.ApiKey);
        Assert.True(_store.Reads > before);
    }

    /// <summary>Bytes are exact where times are not: this is what every request pays before anything of its own.</summary>
    [Fact]
    public async Task AuthenticateAndDecide_Warm_AllocateNothing()
    {
        var (_, founded) = await _bench.FoundAsync();
        var principal = (await AuthenticateAsync(founded.ApiKey)).Principal!;
        Assert.Equal(0, Measure(founded.ApiKey, principal));
    }

    private long Measure(string key, Principal principal)
    {
        for (var warmUp = 0; warmUp < 3; warmUp++)
        {
            Once(key, principal);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Once(key, principal);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Once(string key, Principal principal)
    {
        var call = _bench.Authenticator.AuthenticateAsync(key, CancellationToken.None);
        Assert.True(call.IsCompletedSuccessfully);
        Assert.True(_bench.Authorizer.Decide(principal, "projects:list", "project/*").IsAllowed);
    }

    [Fact]
    public async Task Authenticate_ChangeSignalled_IsSeenAtOnce_AndWithoutASignalAfterFiveSeconds()
    {
        var (scope, founded) = await _bench.FoundAsync();
        await using var other = _bench.AnotherProcess();
        var elsewhere = other.GetRequiredService<ICredentialAuthenticator>();
        Assert.NotNull((await AuthenticateAsync(founded.ApiKey)).Principal);
        Assert.NotNull((await elsewhere.AuthenticateAsync(founded.ApiKey, CancellationToken.None)).Principal);

        await SetStatusAsync(scope, TenantStatus.Suspended);

        Assert.Equal(AuthenticationFailure.TenantSuspended, (await AuthenticateAsync(founded.ApiKey)).Failure);
        Assert.NotNull((await elsewhere.AuthenticateAsync(founded.ApiKey, CancellationToken.None)).Principal);
        _bench.Time.Advance(CredentialCacheAge);
        Assert.Equal(
            AuthenticationFailure.TenantSuspended, (await elsewhere.AuthenticateAsync(founded.ApiKey, CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task Authenticate_KeyExpiresWhileCached_IsRefusedFromThatInstant()
    {
        var (scope, _) = await _bench.FoundAsync();
        var end = _bench.Time.GetUtcNow().AddSeconds(3);
        var key = await _bench.AddKeyAsync(scope, blank => blank with { Role = BuiltInPolicies.Developer, ExpiresAt = end });
        Assert.NotNull((await AuthenticateAsync(key)).Principal);
        _bench.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(AuthenticationFailure.Expired, (await AuthenticateAsync(key)).Failure);
    }

    [Fact]
    public async Task Authenticate_RevokedKey_SaysSoOnlyToTheHolderOfItsSecret()
    {
        var (scope, _) = await _bench.FoundAsync();
        var key = await _bench.AddKeyAsync(scope, blank => blank with { Role = BuiltInPolicies.Owner, RevokedAt = _bench.Time.GetUtcNow() });
        Assert.Equal(AuthenticationFailure.Revoked, (await AuthenticateAsync(key)).Failure);
        Assert.Equal(AuthenticationFailure.Unknown, (await AuthenticateAsync(key[..^1] + (key[^1] == '0' ? 'g' : '0'))).Failure);
    }

    [Fact]
    public async Task Authenticate_KeyOfAMember_HasTheMembersRoleAndEndsWithTheMembership()
    {
        var (scope, founded) = await _bench.FoundAsync();
        var row = await MemberAsync(scope);
        var key = await _bench.AddKeyAsync(scope, blank => blank with { MemberId = row.Value.Id });
        Assert.Equal("owner", (await AuthenticateAsync(key)).Principal!.Policies[0].Name);

        await scope.IdentityRows().WriteAsync(TableWrite.Delete(row.Row), CancellationToken.None);
        _bench.Signal.Raise(IdentityTopics.Of(scope.Tenant));
        Assert.Equal(AuthenticationFailure.Revoked, (await AuthenticateAsync(key)).Failure);
        Assert.NotNull((await AuthenticateAsync(founded.ApiKey)).Principal);
    }

    [Fact]
    public async Task Authenticate_TenantBeingDeleted_LeavesOwnersOnlyTheWayBack()
    {
        var (scope, founded) = await _bench.FoundAsync();
        var developer = await _bench.AddKeyAsync(scope, blank => blank with { Role = BuiltInPolicies.Developer });
        await _bench.Removal.BeginAsync(scope, TimeSpan.FromDays(7), CancellationToken.None);

        var owner = (await AuthenticateAsync(founded.ApiKey)).Principal!;
        Assert.True(_bench.Authorizer.Decide(owner, "tenant:restore", "tenant").IsAllowed);
        Assert.False(_bench.Authorizer.Decide(owner, "projects:create", "project/*").IsAllowed);
        Assert.Equal(AuthenticationFailure.TenantSuspended, (await AuthenticateAsync(developer)).Failure);
    }

    [Fact]
    public async Task Authenticate_LastUse_IsWrittenOncePerMinute()
    {
        var (scope, founded) = await _bench.FoundAsync();
        await AuthenticateAsync(founded.ApiKey);
        var first = await LastUsedAsync(scope);
        Assert.Equal(_bench.Time.GetUtcNow(), first);

        for (var i = 0; i < 5; i++)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(10));
            await AuthenticateAsync(founded.ApiKey);
        }

        Assert.Equal(first, await LastUsedAsync(scope));
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        await AuthenticateAsync(founded.ApiKey);
        Assert.Equal(_bench.Time.GetUtcNow(), await LastUsedAsync(scope));
    }

    [Fact]
    public async Task Authenticate_LastUseCannotBeWritten_TheRequestGoesOn()
    {
        var (_, founded) = await _bench.FoundAsync();
        _store.FailsWrites = true;
        Assert.NotNull((await AuthenticateAsync(founded.ApiKey)).Principal);
    }

    private static TimeSpan CredentialCacheAge => TimeSpan.FromSeconds(5);

    private async Task<AuthenticationResult> AuthenticateAsync(string credential) =>
        await _bench.Authenticator.AuthenticateAsync(credential, CancellationToken.None);

    private Task SetStatusAsync(TenantScope scope, TenantStatus status) => _bench.Ledger.ChangeAsync<TenantRecord>(
        scope,
        (change, _) => ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant = change.Tenant with { Status = status }),
        CancellationToken.None);

    private static async Task<Document<Members.MemberRecord>> MemberAsync(TenantScope scope)
    {
        await foreach (var row in scope.IdentityRows().ReadAllAsync(
            RowRange.Prefix(IdentityTable.MemberPrefix), IdentityJson.Default.MemberRecord, CancellationToken.None))
        {
            return row;
        }

        throw new InvalidOperationException("The tenant has no member.");
    }

    private static async Task<DateTimeOffset?> LastUsedAsync(TenantScope scope)
    {
        await foreach (var row in scope.IdentityRows().ReadAllAsync(
            RowRange.Prefix(IdentityTable.KeyPrefix), IdentityJson.Default.ApiKeyRecord, CancellationToken.None))
        {
            return row.Value.LastUsedAt;
        }

        throw new InvalidOperationException("The tenant has no key.");
    }
}

using Saas.Contracts;
using Saas.Identity.Credentials;

namespace Saas.Identity.Tests.Credentials;

public class CredentialTextTests
{
    private static readonly TenantId Tenant = TenantId.New(TimeProvider.System);

    [Theory]
    [InlineData(CredentialKind.ApiKey, "key", "saas_")]
    [InlineData(CredentialKind.EnrolmentToken, "enr", "saasenr_")]
    [InlineData(CredentialKind.AgentAccessToken, "node", "saasagt_")]
    public void Mint_ThenLocate_NamesTenantAndEntity(CredentialKind kind, string prefix, string begins)
    {
        var id = EntityId.New(prefix, TimeProvider.System);
        var text = CredentialText.Mint(kind, Tenant, id);

        Assert.Matches($"^{begins}[0-9a-hjkmnp-tv-z]{{52}}_[0-9a-hjkmnp-tv-z]{{52}}$", text);
        Assert.True(CredentialText.TryLocate(text, out var found, out var locator));
        Assert.Equal(kind, found);
        Assert.Equal((Tenant, id), CredentialText.Names(kind, locator));
        Assert.DoesNotContain(text[^52..], locator.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mint_Twice_NeverTheSameSecret()
    {
        var id = EntityId.New("key", TimeProvider.System);
        var made = Enumerable.Range(0, 1000).Select(_ => CredentialText.Mint(CredentialKind.ApiKey, Tenant, id)).ToHashSet();
        Assert.Equal(1000, made.Count);
    }

    [Fact]
    public void TryLocate_AnyCharacterLostAddedOrForeign_False()
    {
        var text = CredentialText.Mint(CredentialKind.ApiKey, Tenant, EntityId.New("key", TimeProvider.System));
        for (var i = 0; i < text.Length; i++)
        {
            Assert.False(CredentialText.TryLocate(text.Remove(i, 1), out _, out _));
            Assert.False(CredentialText.TryLocate(text.Insert(i, "0"), out _, out _));
            Assert.False(CredentialText.TryLocate(string.Concat(text.AsSpan(0, i), "U", text.AsSpan(i + 1)), out _, out _));
        }

        Assert.All((string[])["", "saas_", "bearer", new string('a', 100_000)], t => Assert.False(CredentialText.TryLocate(t, out _, out _)));
    }
}

using Saas.Contracts;
using Saas.Identity.Access;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Kv;

/// <summary>Who may read what.</summary>
public sealed class KeyAccessTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _customer = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
        foreach (var key in (string[])["app/a", "app/secret", "apple"])
        {
            await _customer.Client.TellAsync("/v1/kv/" + key, "x");
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_auditor_sees_names_and_no_values()
    {
        var auditor = _host.Client(await _host.KeyAsync(_customer, BuiltInPolicies.Auditor));

        Assert.Equal(["app/a", "app/secret", "apple"], (await auditor.AskAsync("/v1/kv/?keys")).Strings);
        Assert.Equal(403, (await auditor.AskAsync("/v1/kv/app/a")).Status);
        Assert.Equal(403, (await auditor.AskAsync("/v1/kv/?recurse")).Status);
        Assert.Equal(403, (await auditor.TellAsync("/v1/kv/app/a", "y")).Status);
        Assert.Equal(403, (await auditor.CallAsync("DELETE", "/v1/kv/app/a")).Status);
    }

    [Fact]
    public async Task Who_may_read_one_key_may_not_read_all_that_begin_so()
    {
        var reader = await AllowAsync([Allow("registry-kv:*", "kv/app/a")]);

        Assert.Equal(200, (await reader.AskAsync("/v1/kv/app/a")).Status);
        Assert.Equal(403, (await reader.AskAsync("/v1/kv/app/a?recurse")).Status);
        Assert.Equal(403, (await reader.AskAsync("/v1/kv/app/a?keys")).Status);
        Assert.Equal(403, (await reader.CallAsync("DELETE", "/v1/kv/app/a?recurse")).Status);
        Assert.Equal(403, (await reader.AskAsync("/v1/kv/apple")).Status);
    }

    [Fact]
    public async Task Who_is_denied_one_of_them_is_not_given_all()
    {
        var reader = await AllowAsync([Allow("registry-kv:*", "kv/*"), Allow("registry-kv:*", "kv/app/secret") with { Effect = PolicyEffect.Deny }]);

        Assert.Equal(403, (await reader.AskAsync("/v1/kv/app/?recurse")).Status);
        Assert.Equal(403, (await reader.CallAsync("DELETE", "/v1/kv/?recurse")).Status);
        Assert.Equal(200, (await reader.AskAsync("/v1/kv/apple?recurse")).Status);
    }

    [Fact]
    public async Task Whoever_has_no_token_is_refused()
    {
        Assert.Equal(403, (await _host.Client().AskAsync("/v1/kv/app/a")).Status);
    }

    private async Task<HttpClient> AllowAsync(PolicyStatement[] statements) =>
        _host.Client(await _host.KeyAsync(_customer, null, change: key => key with { Policies = [new AccessPolicy("own", statements)] }));

    private PolicyStatement Allow(string action, string resource) =>
        new(PolicyEffect.Allow, [action], [$"project/{_customer.ProjectId}/dc/dc1/{resource}"]);
}

using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Hosting.Audit;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Audit;

/// <summary>One record a request, in the tenant's log, with every value HMACed.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private EncryptionHost _host = null!;
    private Customer _acme = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync();
        _acme = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Each_request_has_one_record_of_who_asked_what_and_what_came()
    {
        (await _acme.Client.WriteAsync("transit/keys/orders", new JsonObject { ["exportable"] = true })).MustBeOk();
        (await _acme.Client.ReadAsync("transit/keys/orders")).MustBeOk();
        (await _acme.Client.ReadAsync("transit/keys/missing")).Must(HttpStatusCode.NotFound);

        var records = await RecordsAsync(3);

        Assert.Equal(["transit:create", "transit:read", "transit:read"], records.Select(r => r.Action));
        Assert.Equal([200, 200, 404], records.Select(r => r.Status));
        Assert.All(records, r => Assert.Equal(_acme.ProjectId, r.ProjectId));
        Assert.All(records, r => Assert.Equal("call", r.Kind));
        Assert.Equal($"project/{_acme.ProjectId}/transit/transit/orders", records[0].Resource);
        Assert.Equal("""{"exportable":true}""", records[0].Request.ToString());
        Assert.Contains("\"type\":\"hmac-sha256:", records[1].Response.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_has_its_record_with_the_error()
    {
        using var auditor = _host.Client(await _host.KeyAsync(_acme, "auditor"));
        (await auditor.WriteAsync("transit/keys/orders")).Must(HttpStatusCode.Forbidden);
        (await _acme.Client.WriteAsync("transit/keys/orders", new JsonObject { ["type"] = "ml-dsa" })).Must(HttpStatusCode.BadRequest);

        var records = await RecordsAsync(2);

        Assert.Equal(["denied", "call"], records.Select(r => r.Kind));
        Assert.Equal([403, 400], records.Select(r => r.Status));
        Assert.NotNull(records[1].Error);
    }

    [Fact]
    public async Task Who_knows_a_value_finds_it_in_the_log()
    {
        (await _acme.Client.WriteAsync("secret/data/app", new JsonObject { ["data"] = new JsonObject { ["password"] = "gr\u00fcn \"1\"" } })).MustBeOk();

        var hash = (await _acme.Client.WriteAsync("sys/audit-hash/log", new JsonObject { ["input"] = "gr\u00fcn \"1\"" })).MustBeOk();

        var records = await RecordsAsync(1);
        var value = JsonNode.Parse(records[0].Request.ToString()!)!["data"]!["password"]!.GetValue<string>();
        Assert.Equal(hash.Data["hash"]!.GetValue<string>(), value);
        Assert.StartsWith("hmac-sha256:", value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_tenant_has_another_hash_for_the_same_value()
    {
        var other = await _host.SignUpAsync("other");
        var input = new JsonObject { ["input"] = "4711" };

        var ours = (await _acme.Client.WriteAsync("sys/audit-hash/log", input)).MustBeOk().Data["hash"]!.GetValue<string>();
        var theirs = (await other.Client.WriteAsync("sys/audit-hash/log", input)).MustBeOk().Data["hash"]!.GetValue<string>();

        Assert.NotEqual(ours, theirs);
    }

    [Fact]
    public async Task The_log_is_the_one_audit_device()
    {
        Assert.Equal(["log/"], (await _acme.Client.ReadAsync("sys/audit")).MustBeOk().Data.Select(d => d.Key));
        (await _acme.Client.WriteAsync("sys/audit-hash/file", new JsonObject { ["input"] = "x" })).MustFail(HttpStatusCode.BadRequest, "unknown audit backend");
        (await _acme.Client.WriteAsync("sys/audit-hash/log")).MustFail(HttpStatusCode.BadRequest, "input");
    }

    [Fact]
    public async Task The_chain_verifies()
    {
        for (var i = 0; i < 25; i++)
        {
            (await _acme.Client.WriteAsync($"transit/keys/k{i}")).MustBeOk();
        }

        await RecordsAsync(25);

        var page = await AuditLog.ReadAsync(_acme.Scope, 1, 1000, CancellationToken.None);
        Assert.Null(AuditVerifier.Verify(page.Records, await AuditLog.HeadAsync(_acme.Scope, CancellationToken.None)));
    }

    private async Task<IReadOnlyList<AuditEvent>> RecordsAsync(int count)
    {
        IReadOnlyList<AuditEvent> events = [];
        await Poll.UntilAsync(
            async () =>
            {
                var page = await AuditLog.ReadAsync(_acme.Scope, 1, 1000, CancellationToken.None);
                events = [.. page.Records.Select(r => r.Entry.Event)];
                return events.Count >= count;
            },
            $"{count} records",
            () => events.Count);
        return events;
    }
}

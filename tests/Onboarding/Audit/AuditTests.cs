using System.Net;
using System.Text.Json;
using Saas.Hosting.Audit;
using Saas.Onboarding.Tests.Shared;

namespace Saas.Onboarding.Tests.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private readonly OnboardingHost _host = new();
    private Customer _customer = null!;

    public async ValueTask InitializeAsync()
    {
        await _host.InitializeAsync();
        _customer = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Log_HasSignUpChangesAndDenials_AndVerifiesOffline()
    {
        await _customer.Owner.CreateAsync("/v1/projects", """{"name":"web"}""");
        using var auditor = _host.Holding((await _customer.Owner.CreateKeyAsync("""{"name":"a","role":"auditor"}""")).Secret);
        (await auditor.PostAsync("/v1/projects", """{"name":"mine"}""")).Expect(HttpStatusCode.Forbidden);
        using var @operator = _host.Holding(OnboardingHost.OperatorKey);
        var path = $"/v1/operator/tenants/{_customer.Id.Value}";
        (await @operator.PostAsync(path + "/suspend", """{"reason":"unpaid"}""")).Expect(HttpStatusCode.OK);
        (await @operator.SendAsync(HttpMethod.Post, path + "/resume")).Expect(HttpStatusCode.OK);

        var head = Read(await auditor.GetAsync("/v1/audit/head"), AuditJson.Default.AuditHead);
        var records = new List<AuditRecord>();
        for (long? next = 1; next is not null;)
        {
            var page = Read(await auditor.GetAsync($"/v1/audit?limit=2&from={next}"), AuditJson.Default.AuditPage);
            records.AddRange(page.Records);
            next = page.Next;
        }

        Assert.Null(AuditVerifier.Verify(records, head));
        string[] expected =
        [
            "call POST /v1/tenants", "call projects:create", "call keys:create", "denied projects:create",
            $"call POST /v1/operator/tenants/{{tenantId}}/suspend", $"call POST /v1/operator/tenants/{{tenantId}}/resume",
        ];
        Assert.Equal(expected, records.Select(r => $"{r.Entry.Event.Kind} {r.Entry.Event.Action}"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("from=0")]
    [InlineData("from=x")]
    public async Task Read_NotAPage_Is400(string query) =>
        (await _customer.Owner.GetAsync("/v1/audit?" + query)).Expect(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Read_ByADeveloper_IsForbidden()
    {
        using var developer = _host.Holding((await _customer.Owner.CreateKeyAsync("""{"name":"d","role":"developer"}""")).Secret);
        (await developer.GetAsync("/v1/audit")).Expect(HttpStatusCode.Forbidden);
    }

    private static T Read<T>(Answer answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(answer.Expect(HttpStatusCode.OK).Body, type)!;
}

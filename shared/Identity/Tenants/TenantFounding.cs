using Saas.Contracts;
using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Identity.Members;
using Saas.Identity.Projects;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Tenants;

/// <summary>A tenant just made.</summary>
/// <param name="ApiKey">Its owner's key: shown once.</param>
public sealed record FoundedTenant(TenantRecord Tenant, ProjectRecord Project, string ApiKey);

/// <summary>Makes tenants: with the project <c>default</c>, an owner, and the owner's first key, in one batch.</summary>
public sealed class TenantFounding(TenantScopes scopes, TimeProvider time)
{
    private const string FirstKeyName = "owner";

    /// <param name="plan">One of <see cref="Plans.All"/>.</param>
    /// <param name="email">Lower case.</param>
    public async Task<FoundedTenant> FoundAsync(string name, string email, string plan, CancellationToken ct)
    {
        var id = TenantId.New(time);
        var now = time.GetUtcNow();
        var key = ApiKeys.Mint(id, FirstKeyName, time, blank => blank with { Role = BuiltInPolicies.Owner });
        var project = new ProjectRecord
        {
            Id = EntityId.New(IdPrefixes.Project, time),
            Name = ProjectRecord.DefaultName,
            Description = "For jobs that name no project.",
            CreatedAt = now,
        };
        var member = new MemberRecord
        {
            Id = EntityId.New(IdPrefixes.Member, time),
            Email = email,
            Name = name,
            Role = BuiltInPolicies.Owner,
            CreatedAt = now,
        };
        var tenant = new TenantRecord
        {
            Id = id.Value,
            Name = name,
            Email = email,
            Plan = plan,
            Status = TenantStatus.Active,
            CreatedAt = now,
            OwnerKeys = 1,
        }.WithUsed(QuotaKind.Projects, 1).WithUsed(QuotaKind.Members, 1).WithUsed(QuotaKind.Keys, 1);

        var json = IdentityJson.Default;
        var written = await scopes.For(id).IdentityRows().WriteBatchAsync(
            [
                TableWrite.Insert(IdentityTable.TenantRow, TablePartition.Bytes(tenant, json.TenantRecord)),
                TableWrite.Insert(IdentityTable.Project(project.Id), TablePartition.Bytes(project, json.ProjectRecord)),
                TableWrite.Insert(IdentityTable.ProjectName(project.Name), TablePartition.Bytes(new NameRecord(project.Id), json.NameRecord)),
                TableWrite.Insert(IdentityTable.Member(member.Id), TablePartition.Bytes(member, json.MemberRecord)),
                TableWrite.Insert(IdentityTable.MemberEmail(email), TablePartition.Bytes(new NameRecord(member.Id), json.NameRecord)),
                TableWrite.Insert(IdentityTable.Key(key.Record.Id), TablePartition.Bytes(key.Record, json.ApiKeyRecord)),
            ],
            ct);
        return written.IsDone
            ? new FoundedTenant(tenant, project, key.Secret)
            : throw new InvalidOperationException($"The new tenant {id} was there already.");
    }
}

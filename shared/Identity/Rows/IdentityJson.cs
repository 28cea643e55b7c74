using System.Text.Json.Serialization;
using Saas.Identity.Agents;
using Saas.Identity.Keys;
using Saas.Identity.Members;
using Saas.Identity.Projects;
using Saas.Identity.Quotas;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;

namespace Saas.Identity.Rows;

/// <summary>Rows of this library, as stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TenantRecord))]
[JsonSerializable(typeof(DeletionRecord))]
[JsonSerializable(typeof(ProjectRecord))]
[JsonSerializable(typeof(SiteRecord))]
[JsonSerializable(typeof(MemberRecord))]
[JsonSerializable(typeof(ApiKeyRecord))]
[JsonSerializable(typeof(EnrolmentTokenRecord))]
[JsonSerializable(typeof(AgentCredentialRecord))]
[JsonSerializable(typeof(NameRecord))]
[JsonSerializable(typeof(HeldPlace))]
public sealed partial class IdentityJson : JsonSerializerContext;

/// <summary>A name that is taken, and by whom.</summary>
public sealed record NameRecord(string Id);

/// <summary>A tenant that waits for its removal.</summary>
public sealed record DeletionRecord(DateTimeOffset PurgeAt);

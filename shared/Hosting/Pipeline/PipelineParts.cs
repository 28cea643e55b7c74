using Microsoft.Extensions.Logging;
using Saas.Hosting.Audit;
using Saas.Hosting.Idempotency;
using Saas.Hosting.Limits;
using Saas.Hosting.Metering;
using Saas.Identity.Access;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Hosting.Pipeline;

/// <summary>What every route's pipeline works with.</summary>
internal sealed record PipelineParts(
    ICredentialAuthenticator Authenticator,
    Authorizer Authorizer,
    TenantScopes Tenants,
    ClientAddress Addresses,
    RequestLimits Limits,
    UsageMeter Meter,
    AuditLog Audit,
    AuditSpool Spool,
    AllowedCalls AllowedCalls,
    IdempotencyStore Idempotency,
    PublicRows PublicRows,
    ILogger<ProblemMiddleware> Logger)
{
    public const string IdempotencyTable = "idempotency";
}

/// <summary>Where responses to callers without a tenant are stored: a partition of the platform's own.</summary>
internal sealed class PublicRows(ITableStore store)
{
    public TablePartition Idempotency { get; } = new PlatformScope(store).Partition(PipelineParts.IdempotencyTable, "public");
}

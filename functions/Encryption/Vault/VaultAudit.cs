using Saas.Contracts;
using Saas.Hosting.Audit;
using Saas.Keys;
using Saas.Storage;

namespace Saas.Encryption.Vault;

/// <summary>
/// Says to the audit log what was asked and answered, every value HMACed under a key of the tenant's own: who knows a
/// value finds it in the log (<c>sys/audit-hash</c>), and who reads the log learns none.
/// </summary>
internal sealed class VaultAudit(TenantKeys keys, TimeProvider time) : IDisposable
{
    private const string Purpose = "audit";
    private const int KeyBytes = 32;

    /// <summary>The key never changes, so nothing has to be asked again while it is kept.</summary>
    private static readonly SecretCacheLimits Limits = new(Count: 10_000, FreshFor: TimeSpan.FromMinutes(10), KeepFor: TimeSpan.FromMinutes(10));

    [ThreadStatic]
    private static PooledBuffer? s_scratch;

    private readonly SecretCache<TenantId, AuditValues> _values = new(Limits, time);

    /// <param name="data">What is answered; empty where that is no data.</param>
    /// <param name="error">What the client is told is wrong: said as it is, because no error of ours repeats a value.</param>
    public ValueTask<AuditDetails> DescribeAsync(VaultRequest request, ReadOnlyMemory<byte> data, string? error, CancellationToken ct)
    {
        var projectId = (request.Api.Found as VaultTarget)?.ProjectId;
        if (request.Body.IsEmpty && data.IsEmpty)
        {
            return ValueTask.FromResult(new AuditDetails(projectId, Error: error));
        }

        return _values.TryLease(request.Tenant.Tenant, out var lease)
            ? ValueTask.FromResult(Describe(lease, projectId, request.Body, data, error))
            : DescribeColdAsync(request, projectId, data, error, ct);
    }

    /// <summary>What stands in the log for a value: <c>hmac-sha256:…</c></summary>
    /// <param name="json">The value as JSON.</param>
    public async ValueTask<ReadOnlyMemory<byte>> HashAsync(TenantScope tenant, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        using var lease = await LeaseAsync(tenant, ct);
        return Redacted(lease.Value, json.Span);
    }

    public void Dispose() => _values.Dispose();

    private async ValueTask<AuditDetails> DescribeColdAsync(
        VaultRequest request, string? projectId, ReadOnlyMemory<byte> data, string? error, CancellationToken ct)
    {
        try
        {
            return Describe(await LeaseAsync(request.Tenant, ct), projectId, request.Body, data, error);
        }
        catch (Exception e) when (KeyFaults.ErrorOf(e) is not null && data.IsEmpty)
        {
            // Without the tenant's keys nothing was given away; that somebody asked is recorded all the same.
            return new AuditDetails(projectId, Error: error);
        }
    }

    private static AuditDetails Describe(
        Lease<AuditValues> lease, string? projectId, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> data, string? error)
    {
        using (lease)
        {
            return new AuditDetails(projectId, Redacted(lease.Value, body.Span), Redacted(lease.Value, data.Span), error);
        }
    }

    private static ReadOnlyMemory<byte> Redacted(AuditValues values, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            return default;
        }

        var scratch = s_scratch ??= new PooledBuffer();
        scratch.Clear();
        values.Write(json, scratch);
        return scratch.WrittenSpan.ToArray();
    }

    private ValueTask<Lease<AuditValues>> LeaseAsync(TenantScope tenant, CancellationToken ct) =>
        _values.LeaseAsync(
            tenant.Tenant,
            async (_, known, loading) =>
            {
                if (known is not null)
                {
                    return known;
                }

                using var seal = await keys.OpenAsync(tenant, loading);
                using var key = seal.Derive(Purpose, KeyBytes);
                return new AuditValues(key.Span);
            },
            ct);
}

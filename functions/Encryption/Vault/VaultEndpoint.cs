using Microsoft.AspNetCore.Http;
using Saas.Hosting.Audit;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Vault;

internal delegate ValueTask<VaultResponse> VaultHandler(VaultRequest request, CancellationToken ct);

/// <summary>
/// What is done around every handler: the body read, its answer put into Vault's envelope, wrapped where the client
/// asked for that, and said to the audit log with every value HMACed.
/// </summary>
internal sealed class VaultEndpoint(VaultHandler handler, string mountType)
{
    private const string WrapHeader = "X-Vault-Wrap-TTL";

    public async Task<IResult> HandleAsync(ApiRequest api, CancellationToken ct)
    {
        using var body = await VaultBody.ReadAsync(api.Http.Request, ct);
        using var request = new VaultRequest(api, body.Bytes);
        try
        {
            // Before anything is done: what cannot be answered as asked must not have happened.
            var wrapTtl = WrapTtl(request);
            using var response = await handler(request, ct);
            var data = response.Finish();
            if (response.Error is { } error)
            {
                return await RefuseAsync(request, error, ct);
            }

            api.AuditDetails = await DescribeAsync(request, data, null, ct);
            return await AnswerAsync(request, response, data, wrapTtl, ct);
        }
        catch (VaultException e)
        {
            return await RefuseAsync(request, e.Error, ct);
        }
        catch (Exception e) when (KeyFaults.ErrorOf(e) is { } error)
        {
            return await RefuseAsync(request, error, ct);
        }
    }

    private static async ValueTask<IResult> RefuseAsync(VaultRequest request, VaultError error, CancellationToken ct)
    {
        request.Api.AuditDetails = await DescribeAsync(request, default, string.Join("; ", error.Errors), ct);
        return error;
    }

    /// <summary>Nothing for a public route whose caller is nobody yet: there is no log to enter it in.</summary>
    private static ValueTask<AuditDetails> DescribeAsync(VaultRequest request, ReadOnlyMemory<byte> data, string? error, CancellationToken ct) =>
        request.Api.HasTenant ? request.Service<VaultAudit>().DescribeAsync(request, data, error, ct) : ValueTask.FromResult(default(AuditDetails));

    private async ValueTask<IResult> AnswerAsync(
        VaultRequest request, VaultResponse response, ReadOnlyMemory<byte> data, TimeSpan? wrapTtl, CancellationToken ct)
    {
        // Vault has warnings only in a body, so a success without data gets one to carry them.
        if (!response.HasData && request.Warnings.Count == 0)
        {
            return VaultAnswer.Empty;
        }

        var answer = new VaultAnswer(response.HasData ? response.Status : StatusCodes.Status200OK, data.Length + 512);
        var requestId = RequestIds.Next();
        if (response.Part == VaultPart.Whole)
        {
            answer.Body.Write(data.Span);
            return answer;
        }

        if (response.WrapInfo is { } rewrapped)
        {
            VaultEnvelope.Write(answer.Body, requestId, default, request.Warnings, "", wrapped: rewrapped);
            return answer;
        }

        VaultEnvelope.Write(answer.Body, requestId, data.Span, request.Warnings, mountType, response.Part);
        if (response.HasData && wrapTtl is { } ttl)
        {
            await WrapAsync(request, answer, requestId, ttl, ct);
        }

        return answer;
    }

    private static async ValueTask WrapAsync(VaultRequest request, VaultAnswer answer, Guid requestId, TimeSpan ttl, CancellationToken ct)
    {
        var isWrapped = false;
        try
        {
            var wrapped = await request.Service<IResponseWrapping>().WrapAsync(request, answer.Body.WrittenMemory, ttl, ct);
            answer.Body.Clear();
            VaultEnvelope.Write(answer.Body, requestId, default, request.Warnings, "", wrapped: wrapped);
            isWrapped = true;
        }
        finally
        {
            if (!isWrapped)
            {
                answer.Body.Dispose();
            }
        }
    }

    /// <exception cref="VaultException">400: not a duration above zero.</exception>
    internal static TimeSpan? WrapTtl(VaultRequest request)
    {
        if (request.Api.Http.Request.Headers[WrapHeader] is not [{ Length: > 0 } text, ..])
        {
            return null;
        }

        if (!VaultDuration.TryParse(text, out var ttl) || ttl < TimeSpan.Zero)
        {
            throw VaultException.BadRequest($"error parsing wrapping TTL: expected a duration in {WrapHeader}");
        }

        return ttl == TimeSpan.Zero ? null : ttl;
    }
}

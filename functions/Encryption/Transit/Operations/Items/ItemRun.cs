using Saas.Encryption.Vault;
using Saas.Hosting.Metering;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// Carries out a request's items in their order and writes the answer: one failed item is that item's error, the others
/// are answered. What a batch costs beside its items is the same for one as for a thousand.
/// </summary>
internal sealed class ItemRun(VaultRequest request, OperationInput input, ItemVerb verb)
{
    /// <summary>A long batch gives its thread to others this often.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    private const int DefaultFailureStatus = 400;

    private int _succeeded;

    /// <exception cref="VaultException">400: the only item of a request without a batch failed.</exception>
    public async ValueTask<VaultResponse> RunAsync(CancellationToken ct)
    {
        if (verb.Versions is { } versions)
        {
            for (var i = 0; i < input.Count; i++)
            {
                if (verb.VersionOf(i) is var version and > 0)
                {
                    await versions.LeaseAsync(version, ct);
                }
            }
        }

        var response = VaultResponse.Written(EstimateBytes());
        try
        {
            if (input.IsBatch)
            {
                await WriteBatchAsync(response, ct);
            }
            else
            {
                WriteSingle(response.Buffer);
            }
        }
        catch
        {
            response.Dispose();
            throw;
        }

        if (_succeeded > 0)
        {
            request.Service<UsageMeter>().Count(request.Tenant.Tenant, verb.Meter, request.ProjectId, _succeeded);
        }

        return response;
    }

    private void WriteSingle(PooledBuffer output)
    {
        using var scratch = new Scratch();
        output.Write("{"u8);
        var fault = verb.Apply(0, output, scratch);
        if (!fault.IsNone)
        {
            throw VaultException.BadRequest(fault.Text!);
        }

        output.Write("}"u8);
        _succeeded = 1;
    }

    private async ValueTask WriteBatchAsync(VaultResponse response, CancellationToken ct)
    {
        var output = response.Buffer;
        output.Write("{\"batch_results\":["u8);
        if (ParallelItems.IsWorthwhile(verb, input))
        {
            _succeeded = await ParallelItems.RunAsync(verb, input, output, ct);
        }
        else
        {
            using var scratch = new Scratch();
            var time = request.Service<TimeProvider>();
            for (var next = 0; next < input.Count;)
            {
                next = WriteSome(next, time, output, scratch, ct);
                if (next < input.Count)
                {
                    await Task.Yield();
                }
            }
        }

        output.Write("]}"u8);
        if (_succeeded < input.Count && verb.FailuresShowInStatus)
        {
            response.Status = FailureStatus();
        }
    }

    /// <returns>The first item that is left.</returns>
    private int WriteSome(int next, TimeProvider time, PooledBuffer output, Scratch scratch, CancellationToken ct)
    {
        const int Stretch = 64;
        var begun = time.GetTimestamp();
        while (next < input.Count)
        {
            ct.ThrowIfCancellationRequested();
            var end = Math.Min(next + Stretch, input.Count);
            for (; next < end; next++)
            {
                _succeeded += WriteItem(verb, input, next, output, scratch);
            }

            if (time.GetElapsedTime(begun) > Turn)
            {
                break;
            }
        }

        return next;
    }

    /// <returns>1 where the item was carried out, else 0.</returns>
    public static int WriteItem(ItemVerb verb, OperationInput input, int index, PooledBuffer output, Scratch scratch)
    {
        output.Write(index == 0 ? "{"u8 : ",{"u8);
        var fault = verb.Apply(index, output, scratch);
        scratch.Reset();
        if (!fault.IsNone)
        {
            verb.WriteFailed(output);
            output.Write("\"error\":"u8);
            output.WriteText(fault.Text!);
        }

        ref readonly var item = ref input[index];
        var reference = input.Text(item, Param.Reference);
        output.Write(",\"reference\":\""u8);
        if (!reference.IsEmpty)
        {
            output.WriteReference(reference, item.Slices[(int)Param.Reference].Kind);
        }

        output.Write("\"}"u8);
        return fault.IsNone ? 1 : 0;
    }

    /// <summary>What the client asked for, unless nothing succeeded or a status without a body was asked for.</summary>
    private int FailureStatus()
    {
        if (_succeeded == 0 || !input.HasOption(Param.PartialFailureResponseCode))
        {
            return DefaultFailureStatus;
        }

        var code = input.Option(Param.PartialFailureResponseCode, DefaultFailureStatus);
        if (code is >= 200 and <= 599 and not (204 or 205 or 304))
        {
            return code;
        }

        request.Warn($"invalid HTTP response code override from partial_failure_response_code, reverting to {DefaultFailureStatus}");
        return DefaultFailureStatus;
    }

    private int EstimateBytes() => 64 + (2 * request.Body.Length) + (input.IsBatch ? 48 * input.Count : 128);
}

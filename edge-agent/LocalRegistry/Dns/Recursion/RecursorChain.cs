using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Recursion;

/// <summary>
/// The recursors, asked one after the other: the first that answers NOERROR or NXDOMAIN decides. Safe for concurrent use.
/// </summary>
internal sealed partial class RecursorChain(DnsOptions options, TimeProvider time, ILogger log)
{
    private readonly Recursor[] _recursors = [.. options.Recursors.Select(r => new Recursor(r, options.RecursorTimeout, time))];
    private readonly LogGate _gate = new(time);

    public int Count => _recursors.Length;

    /// <summary>Passes a client's question on as it came, with what it says of itself, under another id.</summary>
    /// <param name="wantWhole">An answer that was cut for UDP is fetched again by TCP.</param>
    /// <param name="output">Takes the answer, with the client's id; one that is longer is cut, and says so.</param>
    /// <returns>The answer's length; 0: nobody answered.</returns>
    public async ValueTask<int> ForwardAsync(DnsRequest request, bool wantWhole, Memory<byte> output, CancellationToken ct)
    {
        using var answer = await ExchangeAsync(request.Packet, wantWhole, ct);
        return answer is null ? 0 : Fit(answer.Message.Span, request.Id, output.Span);
    }

    /// <summary>Asks for addresses of a name. Nothing is added where nobody answers.</summary>
    /// <param name="host">With the root's label.</param>
    public async ValueTask AskAsync(byte[] host, DnsType type, List<DnsRecord> into, CancellationToken ct)
    {
        var query = new byte[DnsHeader.Bytes + host.Length + 4];
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(2), DnsHeader.RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(4), 1);
        host.CopyTo(query, DnsHeader.Bytes);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(query.Length - 4), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(query.Length - 2), (ushort)DnsClass.Internet);
        using var answer = await ExchangeAsync(query, wantWhole: true, ct);
        if (answer is not null)
        {
            UpstreamAnswer.ReadAddresses(answer.Message.Span, into);
        }
    }

    private async ValueTask<Received?> ExchangeAsync(ReadOnlyMemory<byte> query, bool wantWhole, CancellationToken ct)
    {
        foreach (var recursor in _recursors)
        {
            var reason = "it did not answer in time";
            try
            {
                if (await recursor.ExchangeAsync(query, wantWhole, ct) is { } answer)
                {
                    if (UpstreamAnswer.RcodeOf(answer.Message.Span) is Rcode.NoError or Rcode.NxDomain)
                    {
                        return answer;
                    }

                    reason = $"it answered {UpstreamAnswer.RcodeOf(answer.Message.Span)}";
                    answer.Dispose();
                }
            }
            catch (SocketException e)
            {
                reason = e.Message;
            }

            if (_gate.TryPass(out var untold))
            {
                LogFailed(log, recursor.EndPoint.ToString(), reason, untold);
            }
        }

        return null;
    }

    private static int Fit(ReadOnlySpan<byte> message, ushort id, Span<byte> output)
    {
        var length = message.Length;
        if (length > output.Length)
        {
            length = UpstreamAnswer.QuestionEnd(message);
            message[..length].CopyTo(output);
            BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message[2..]) | DnsHeader.Truncated));
            output[6..DnsHeader.Bytes].Clear();
        }
        else
        {
            message.CopyTo(output);
        }

        BinaryPrimitives.WriteUInt16BigEndian(output, id);
        return length;
    }

    [LoggerMessage(343, LogLevel.Warning, "DNS recursor {Recursor}: {Reason}; {Untold} more failures were not logged")]
    private static partial void LogFailed(ILogger log, string recursor, string reason, int untold);
}

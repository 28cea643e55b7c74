using Microsoft.Extensions.Logging;
using Saas.LocalRegistry.Dns.Answers;
using Saas.LocalRegistry.Dns.Lookups;
using Saas.LocalRegistry.Dns.Recursion;
using Saas.LocalRegistry.Dns.Transport;
using Saas.LocalRegistry.Dns.Wire;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns;

/// <summary>
/// From a packet to the packet that answers it, over whatever transport. Safe for concurrent use with an exchange each.
/// </summary>
internal sealed partial class DnsResponder
{
    private readonly DnsOptions _options;
    private readonly Zones _zones;
    private readonly LookupRouter _router;
    private readonly RecursorChain _recursors;
    private readonly ReplyEncoder _encoder;
    private readonly LogGate _gate;
    private readonly ILogger _log;

    public DnsResponder(DnsOptions options, ICatalogViews catalogs, TimeProvider time, ILogger log)
    {
        (_options, _log, _gate) = (options, log, new LogGate(time));
        _zones = new Zones(options);
        _recursors = new RecursorChain(options, time, log);
        _router = new LookupRouter(options, catalogs, _zones, _recursors, time);
        _encoder = new ReplyEncoder(options);
    }

    /// <summary>Answers a packet into the exchange's output.</summary>
    /// <param name="canWait">False: too many wait already; questions that would have to fail.</param>
    /// <returns>The answer's length; 0: the packet deserves none.</returns>
    public async ValueTask<int> AnswerAsync(DnsExchange exchange, ReadOnlyMemory<byte> packet, bool canWait, CancellationToken ct)
    {
        var context = exchange.Context;
        context.Begin(canWait);
        var (request, reply) = (context.Request, context.Reply);
        switch (RequestReader.Read(packet, request))
        {
            case RequestKind.Ignored:
                return 0;
            case RequestKind.Malformed:
                return Refuse(exchange, Rcode.FormErr);
            case RequestKind.UnknownOpcode:
                return Refuse(exchange, Rcode.NotImp);
            case RequestKind.UnknownEdnsVersion:
                reply.Rcode = Rcode.BadVers;
                return Encode(exchange);
        }

        try
        {
            return await AnswerQuestionAsync(exchange, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (_gate.TryPass(out var untold))
            {
                LogFailed(_log, e, untold);
            }

            reply.Reset();
            reply.Rcode = Rcode.ServFail;
            return Encode(exchange);
        }
    }

    private async ValueTask<int> AnswerQuestionAsync(DnsExchange exchange, CancellationToken ct)
    {
        var context = exchange.Context;
        var (request, reply) = (context.Request, context.Reply);
        context.MaxUseful = _encoder.MaxUseful(request.Type, Limit(exchange), exchange.IsTcp);
        if (request.Class is not (DnsClass.Internet or DnsClass.Any))
        {
            reply.Rcode = Rcode.Refused;
            return Encode(exchange);
        }

        if (_zones.TryEnter(context))
        {
            Conclude(context, await _router.AnswerAsync(context, ct));
            return Encode(exchange);
        }

        if (request.LabelsBefore(Zones.Arpa) is >= 0 and var labels)
        {
            (context.Domain, context.LabelCount) = (_zones.Domain, labels);
            var outcome = await _router.Reverse.AnswerAsync(context, ct);
            if (outcome != LookupOutcome.NotFound || _recursors.Count == 0)
            {
                Conclude(context, outcome);
                return Encode(exchange);
            }
        }

        return await ForwardAsync(exchange, ct);
    }

    private async ValueTask<int> ForwardAsync(DnsExchange exchange, CancellationToken ct)
    {
        var context = exchange.Context;
        if (_recursors.Count > 0 && context.CanWait)
        {
            var forwarded = await _recursors.ForwardAsync(context.Request, wantWhole: exchange.IsTcp, exchange.Output[..Limit(exchange)], ct);
            if (forwarded > 0)
            {
                return forwarded;
            }
        }

        context.Reply.Rcode = _recursors.Count == 0 ? Rcode.Refused : Rcode.ServFail;
        return Encode(exchange);
    }

    private void Conclude(LookupContext context, LookupOutcome outcome)
    {
        var reply = context.Reply;
        reply.IsAuthoritative = outcome is LookupOutcome.Found or LookupOutcome.NoData or LookupOutcome.NotFound;
        reply.Rcode = outcome switch
        {
            LookupOutcome.Found or LookupOutcome.NoData => Rcode.NoError,
            LookupOutcome.NotFound => Rcode.NxDomain,
            LookupOutcome.NotImplemented => Rcode.NotImp,
            _ => Rcode.ServFail,
        };
        if (outcome is LookupOutcome.NoData or LookupOutcome.NotFound)
        {
            reply.Authority.Add(_router.Zone.Soa(context.Domain));
        }
    }

    /// <summary>A bare header: what could not be read is not repeated.</summary>
    private int Refuse(DnsExchange exchange, Rcode rcode)
    {
        (exchange.Context.Request.HasQuestion, exchange.Context.Request.HasEdns) = (false, false);
        exchange.Context.Reply.Rcode = rcode;
        return Encode(exchange);
    }

    private int Encode(DnsExchange exchange)
    {
        var context = exchange.Context;
        return _encoder.Encode(context.Request, context.Reply, exchange.Output.Span[..Limit(exchange)], exchange.IsTcp, exchange.Names);
    }

    private int Limit(DnsExchange exchange) =>
        exchange.IsTcp ? exchange.Output.Length : Math.Min(exchange.Context.Request.UdpBytes, _options.MaxUdpBytes);

    [LoggerMessage(344, LogLevel.Error, "A DNS question failed; {Untold} more failures were not logged")]
    private static partial void LogFailed(ILogger log, Exception exception, int untold);
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Log;

namespace Saas.Registry.Txn;

/// <summary>PUT /v1/txn: up to 128 operations on keys and the catalog, all or none. Each needs its own permission.</summary>
internal static class ApplyTxn
{
    private const int MaxOps = 128;

    /// <summary>More than Consul's default of 512 KiB: one value of the largest size in base 64 must have room.</summary>
    private const int MaxBytes = 1024 * 1024;

    public static void Map(IRouteTable routes) =>
        routes.MapChange("PUT", "/v1/txn", "txn:apply", _ => "txn", "Operations on keys, nodes, services and checks, all or none.", HandleAsync)
            .MaxBodyBytes(2 * MaxBytes);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        RefuseTooLarge(request.Api.Http.Request.ContentLength ?? 0);
        var body = await request.BodyAsync(ct);
        RefuseTooLarge(body.Length);
        var transaction = new Transaction(Read(request, body));
        try
        {
            var results = transaction.IsWrite
                ? await request.ExecuteAsync(transaction.Run)
                : transaction.Run(new Draft(await StateAsync(request, ct), request.Replica.Clock.UtcNow));
            return new ConsulResult(StatusCodes.Status200OK, Transaction.Answer(results, null));
        }
        catch (TxnRefusedException e)
        {
            return new ConsulResult(StatusCodes.Status409Conflict, Transaction.Answer(null, e.Errors));
        }
    }

    private static ValueTask<State.RegistryState> StateAsync(ConsulRequest request, CancellationToken ct)
    {
        var options = QueryOptions.Of(request.Api.Http.Request.Query, Random.Shared);
        return options.Consistency == Consistency.Stale ? request.Replica.ReadStaleAsync(options.MaxStale, ct) : request.ReadAsync(ct);
    }

    private static List<TxnOp> Read(ConsulRequest request, ReadOnlyMemory<byte> body)
    {
        var ops = TxnJson.Read(body);
        if (ops.Count > MaxOps)
        {
            throw new RegistryException(
                StatusCodes.Status413PayloadTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"Transaction contains too many operations ({ops.Count} > {MaxOps})"));
        }

        var access = new TxnAccess(request);
        return [.. ops.Select(op => OpOf(op, access))];
    }

    private static TxnOp OpOf(TxnOpBody op, TxnAccess access) => op switch
    {
        { KV: { } kv } => new KvOp(kv, access),
        { Node: { } node } => new NodeOp(node, access),
        { Service: { } service } => new ServiceOp(service, access),
        _ => new CheckOp(op.Check!, access),
    };

    private static void RefuseTooLarge(long bytes)
    {
        if (bytes > MaxBytes)
        {
            throw new RegistryException(
                StatusCodes.Status413PayloadTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"Request body({bytes} bytes) too large, max size: {MaxBytes} bytes."));
        }
    }
}

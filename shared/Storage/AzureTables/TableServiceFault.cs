using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using Saas.Storage.Tables;

namespace Saas.Storage.AzureTables;

/// <summary>What the service's refusals mean to us, and which exceptions are faults of the service.</summary>
internal static class TableServiceFault
{
    public static bool IsTableMissing(RequestFailedException refusal) => refusal.ErrorCode == "TableNotFound";

    /// <summary>The outcome of a write that the service refused; null: not a refusal of ours, but a fault.</summary>
    public static WriteOutcome? Outcome(RequestFailedException refusal) => (refusal.Status, refusal.ErrorCode) switch
    {
        (409, "EntityAlreadyExists") => WriteOutcome.AlreadyExists,
        (412, _) => WriteOutcome.ETagMismatch,
        (404, "ResourceNotFound" or "EntityNotFound") => WriteOutcome.NotFound,
        _ => null,
    };

    /// <summary>
    /// Runs a call and turns what the service, the network or the token endpoint did wrong into
    /// <see cref="StorageUnavailableException"/>. Azure.Core gives an <see cref="AggregateException"/> when several
    /// tries failed, and a cancellation of its own when a try took too long.
    /// </summary>
    public static async ValueTask<T> GuardAsync<T>(Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e)
        {
            throw new StorageUnavailableException($"The table service answered {e.Status} {e.ErrorCode ?? "without a code"}.", e);
        }
        catch (Exception e) when (e is AggregateException or AuthenticationFailedException)
        {
            ct.ThrowIfCancellationRequested();
            throw new StorageUnavailableException("The table service could not be reached.", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new StorageUnavailableException("The table service did not answer in time.", e);
        }
    }
}

using Microsoft.AspNetCore.Http;

namespace Saas.Hosting.Problems;

internal static class IdempotencyProblems
{
    public static Problem Running(TimeSpan left) =>
        Problem.Of("idempotency-key-in-use", "The first request with this Idempotency-Key is still running.",
            StatusCodes.Status409Conflict, retryable: true)
            with { RetryAfter = left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1) };

    public static Problem OtherRequest() =>
        Problem.Of("idempotency-key-reused", "The Idempotency-Key was used for another request.",
            StatusCodes.Status422UnprocessableEntity, "A key stands for one request: same address, same body.");
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Saas.Hosting.Problems;
using Saas.Registry.State;

namespace Saas.Registry.Consul;

/// <summary>
/// Answers a question, at once or when its answer has changed. A blocked request is a timer and a continuation; what it
/// waits for is worked out once for all that wait for the same. A client's index above everything this domain has seen is
/// of another life of it (a restored store), and is answered at once, so that the client starts over. An instance that is
/// told to stop ends all waits, or its shutdown would take as long as they do.
/// </summary>
internal static class Blocking
{
    /// <summary>Of one domain on one instance.</summary>
    private const int MaxWaiters = 20_000;

    public static ValueTask<IResult> AnswerAsync(ConsulRequest request, Question question, CancellationToken ct) =>
        AnswerAsync(request, question, QueryOptions.Of(request.Api.Http.Request.Query, Random.Shared), ct);

    public static async ValueTask<IResult> AnswerAsync(ConsulRequest request, Question question, QueryOptions options, CancellationToken ct)
    {
        var replica = request.Replica;
        if (options.Index == 0)
        {
            var present = options.Consistency == Consistency.Stale
                ? await replica.ReadStaleAsync(options.MaxStale, ct)
                : await replica.ReadAsync(ct);
            return new ConsulAnswer(replica.Answers.AnswerTo(question, present), question.ContentType, options.Consistency);
        }

        if (replica.Watches.Count >= MaxWaiters)
        {
            throw new RegistryException(StatusCodes.Status429TooManyRequests, $"Too many blocking queries: at most {MaxWaiters} may wait at once");
        }

        var state = await WaitAsync(request, question, options, ct);
        return new ConsulAnswer(replica.Answers.AnswerTo(question, state), question.ContentType, options.Consistency);
    }

    /// <summary>A refusal before the handler, where only problems are understood.</summary>
    public static ProblemException ProblemOf(RegistryException e) =>
        new(Problem.Of("consul", e.Message, e.Status, e.Message));

    private static async ValueTask<RegistryState> WaitAsync(ConsulRequest request, Question question, QueryOptions options, CancellationToken ct)
    {
        var (replica, time) = (request.Replica, request.Replica.Clock.Time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct, request.Service<IHostApplicationLifetime>().ApplicationStopping);
        var began = time.GetTimestamp();
        var state = await replica.ReadAsync(ct);
        while (true)
        {
            using var watch = replica.Watches.Enter(question.Topic);
            state = Newer(state, replica.Position.State);
            var left = options.Wait - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || options.Index > state.Index)
            {
                return state;
            }

            if (!IsNews(question, state, options))
            {
                try
                {
                    await watch.WaitAsync(left, ends.Token);
                }
                catch (OperationCanceledException) when (!ct.IsCancellationRequested)
                {
                    return state;
                }

                state = Newer(state, replica.Position.State);
                if (IsNews(question, state, options))
                {
                    return state;
                }

                continue;
            }

            // Who comes back just after a wake may find more already: what changes faster than the pace is seen at the pace.
            var settling = replica.Watches.Settling(question.Topic);
            if (settling <= TimeSpan.Zero)
            {
                return state;
            }

            await Task.Delay(settling < left ? settling : left, time, ct);
            return Newer(state, replica.Position.State);
        }
    }

    private static bool IsNews(Question question, RegistryState state, QueryOptions options) =>
        Math.Max(1, question.IndexIn(state)) > options.Index;

    private static RegistryState Newer(RegistryState a, RegistryState b) => b.Index >= a.Index ? b : a;
}

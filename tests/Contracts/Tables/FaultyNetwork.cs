using System.Net;

namespace Saas.Contracts.Tests.Tables;

/// <summary>What happens to one request on its way.</summary>
public enum Fault
{
    None,

    /// <summary>The service answers 500 and has done nothing.</summary>
    ServerError,

    /// <summary>The service answers 503: slow down.</summary>
    ServerBusy,

    /// <summary>The service does it, and the connection breaks before its answer arrives.</summary>
    AnswerLost,

    /// <summary>Nothing comes back, ever.</summary>
    Silence,
}

/// <summary>Passes requests on to the real service, except for those it was told to spoil: the first, the second, …</summary>
internal sealed class FaultyNetwork(params Fault[] faults) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _requests;

    public int Requests => _requests;

    /// <summary>Of those beyond the ones named.</summary>
    public Fault Afterwards { get; init; }

    /// <summary>Runs between a request that was done and its lost answer: what others do meanwhile.</summary>
    public Func<Task>? Meanwhile { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var index = Interlocked.Increment(ref _requests) - 1;
        switch (index < faults.Length ? faults[index] : Afterwards)
        {
            case Fault.ServerError:
                return new HttpResponseMessage(HttpStatusCode.InternalServerError);
            case Fault.ServerBusy:
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            case Fault.AnswerLost:
                (await base.SendAsync(request, ct)).Dispose();
                await (Meanwhile?.Invoke() ?? Task.CompletedTask);
                throw new HttpRequestException("The connection was reset.");
            case Fault.Silence:
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
                throw new InvalidOperationException("Not reached.");
            default:
                return await base.SendAsync(request, ct);
        }
    }
}

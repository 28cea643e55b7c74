using System.Collections.Concurrent;

namespace Saas.Registry.Tests.Middleware;

/// <summary>Clients that ask one address without end, each as soon as it was answered: over connections they keep, and over new ones.</summary>
internal sealed class RequestLoad : IAsyncDisposable
{
    private const int Keeping = 6;
    private const int Connecting = 3;

    /// <summary>Of the latter, those that POST: what nobody on the way may send twice.</summary>
    private const int Posting = 1;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly Task _running;
    private volatile bool _repeatableOnly;
    private long _answered;

    public RequestLoad(Uri address)
    {
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        _running = Task.WhenAll(Enumerable.Range(0, Keeping + Connecting)
            .Select(i => Task.Run(() => AskOnAsync(keeps: i < Keeping, posts: i >= Keeping + Connecting - Posting))));
    }

    public long Answered => Interlocked.Read(ref _answered);
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>From now on, only what may be sent twice.</summary>
    public void RepeatableOnly() => _repeatableOnly = true;

    public void AnyRequest() => _repeatableOnly = false;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task AskOnAsync(bool keeps, bool posts)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var request = new HttpRequestMessage(posts && !_repeatableOnly ? HttpMethod.Post : HttpMethod.Get, new Uri("/", UriKind.Relative));
            request.Headers.ConnectionClose = !keeps;
            try
            {
                using var response = await _client.SendAsync(request);
                var body = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode && body.Length == 1)
                {
                    Interlocked.Increment(ref _answered);
                }
                else
                {
                    Failures.Enqueue($"{request.Method} {TimeProvider.System.GetUtcNow():mm:ss.fff} {(int)response.StatusCode} {body}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                Failures.Enqueue($"{request.Method} {TimeProvider.System.GetUtcNow():mm:ss.fff} {e.Message}");
            }

            await Task.Delay(Pause);
        }
    }
}

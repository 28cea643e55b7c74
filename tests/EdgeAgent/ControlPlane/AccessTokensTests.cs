using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.State;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.ControlPlane;

public sealed class AccessTokensTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedHandler _server = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpClient _http;
    private readonly AccessTokens _tokens;

    public AccessTokensTests()
    {
        _http = new HttpClient(_server) { BaseAddress = new Uri("http://127.0.0.1"), Timeout = Timeout.InfiniteTimeSpan };
        _tokens = new AccessTokens(
            new ControlPlaneClient(_http, _time), new NodeIdentity("ten_a", "site_a", "node_a"), _key, _time, NullLogger.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_TokenIsFresh_IsNotAskedAgainUntilShortlyBeforeItExpires()
    {
        _server.Answer = n => Token($"token{n}", 900);

        Assert.Equal("token1", await _tokens.GetAsync(Ct));
        _time.Advance(TimeSpan.FromSeconds(839));
        Assert.Equal("token1", await _tokens.GetAsync(Ct));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("token2", await _tokens.GetAsync(Ct));
    }

    [Fact]
    public async Task Get_ManyLoopsAtOnce_AsksOnce()
    {
        _server.Answer = n => Token($"token{n}", 900);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _tokens.GetAsync(Ct)));

        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task Discard_AnOlderToken_KeepsTheNewer()
    {
        _server.Answer = n => Token($"token{n}", 900);
        await _tokens.GetAsync(Ct);
        await _tokens.DiscardAsync("token1", Ct);
        await _tokens.GetAsync(Ct);

        await _tokens.DiscardAsync("token1", Ct);

        Assert.Equal("token2", await _tokens.GetAsync(Ct));
        Assert.Equal(2, _server.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task Get_NodeIsRevoked_AsksAgainAfterTwoMinutesOnly(HttpStatusCode status)
    {
        _server.Answer = _ => new HttpResponseMessage(status);

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => _tokens.GetAsync(Ct));
        Assert.Equal((ControlPlaneFault.Throttled, TimeSpan.FromMinutes(2)), (refused.Fault, refused.RetryAfter));
        _time.Advance(TimeSpan.FromSeconds(119));
        await Assert.ThrowsAsync<ControlPlaneException>(() => _tokens.GetAsync(Ct));
        Assert.Equal(1, _server.Requests);

        _time.Advance(TimeSpan.FromSeconds(1));
        _server.Answer = _ => Token("again", 900);
        Assert.Equal("again", await _tokens.GetAsync(Ct));
    }

    [Fact]
    public async Task Get_ServerHangs_GivesUpInTime()
    {
        _server.Hang = true;
        var asking = _tokens.GetAsync(Ct);
        await Poll.UntilAsync(() => _server.Requests == 1, "the request");

        _time.Advance(TimeSpan.FromSeconds(21));

        Assert.Equal(ControlPlaneFault.Unavailable, (await Assert.ThrowsAsync<ControlPlaneException>(() => asking)).Fault);
    }

    [Theory]
    [InlineData("<html>", "the answer is not the protocol's")]
    [InlineData("null", "the answer is not the protocol's")]
    public async Task Get_SomeoneElseAnswers_IsUnavailable(string body, string message)
    {
        _server.Answer = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) };

        var fault = await Assert.ThrowsAsync<ControlPlaneException>(() => _tokens.GetAsync(Ct));

        Assert.Equal(ControlPlaneFault.Unavailable, fault.Fault);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
        _server.Dispose();
        _key.Dispose();
    }

    private static HttpResponseMessage Token(string token, int seconds) => new(HttpStatusCode.OK)
    {
        Content = new StringContent($$"""{"accessToken":"{{token}}","expiresInSeconds":{{seconds}}}"""),
    };

    private sealed class ScriptedHandler : HttpMessageHandler
    {
        private int _requests;

        public Func<int, HttpResponseMessage> Answer { get; set; } = _ => new HttpResponseMessage(HttpStatusCode.InternalServerError);

        public bool Hang { get; set; }

        public int Requests => Volatile.Read(ref _requests);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _requests);
            if (Hang)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return Answer(number);
        }
    }
}

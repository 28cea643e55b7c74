using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.State;

namespace Saas.EdgeAgent.ControlPlane;

/// <summary>
/// The access token all loops share: asked for once, renewed before it expires. A machine's clock may be wrong: when
/// an assertion is refused and the server's clock differs, assertions are dated by the server's from then on.
/// </summary>
internal sealed partial class AccessTokens(
    ControlPlaneClient client, NodeIdentity identity, ECDsa key, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TolerableSkew = TimeSpan.FromSeconds(10);

    /// <summary>Between attempts of an agent that is refused for good (its node was revoked): it lets its workloads run and asks now and then.</summary>
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _one = new(1, 1);

    // All guarded by _one.
    private string? _token;
    private long _issuedAt;
    private TimeSpan _lifetime;
    private TimeSpan _clockOffset;
    private long _refusedAt;
    private bool _refused;

    /// <exception cref="ControlPlaneException">None to be had now.</exception>
    public async Task<string> GetAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_token is not null && time.GetElapsedTime(_issuedAt) < _lifetime)
            {
                return _token;
            }

            var pause = _refused ? RefusedPause - time.GetElapsedTime(_refusedAt) : TimeSpan.Zero;
            if (pause > TimeSpan.Zero)
            {
                throw new ControlPlaneException(ControlPlaneFault.Throttled, "the node was refused a token a short while ago") { RetryAfter = pause };
            }

            return await RequestAsync(ct);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The server did not take it. Another loop may have a newer one already.</summary>
    public async Task DiscardAsync(string token, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        _token = _token == token ? null : _token;
        _one.Release();
    }

    public void Dispose() => _one.Dispose();

    private async Task<string> RequestAsync(CancellationToken ct)
    {
        TokenResponse response;
        try
        {
            response = await AskAsync(ct);
        }
        catch (ControlPlaneException e) when (IsRefusal(e) && AdoptServerTime(e))
        {
            response = await AskOrPauseAsync(ct);
        }
        catch (ControlPlaneException e) when (IsRefusal(e))
        {
            throw Pause(e);
        }

        _refused = false;
        _token = response.AccessToken;
        _issuedAt = time.GetTimestamp();
        var lifetime = TimeSpan.FromSeconds(response.ExpiresInSeconds);
        _lifetime = lifetime - (lifetime > RenewBefore * 2 ? RenewBefore : lifetime / 2);
        return _token;
    }

    private async Task<TokenResponse> AskOrPauseAsync(CancellationToken ct)
    {
        try
        {
            return await AskAsync(ct);
        }
        catch (ControlPlaneException e) when (IsRefusal(e))
        {
            throw Pause(e);
        }
    }

    private Task<TokenResponse> AskAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow() + _clockOffset;
        var claims = new AssertionClaims(
            identity.NodeId, identity.TenantId, AgentAssertion.Audience, now.ToUnixTimeSeconds(),
            (now + AssertionLifetime).ToUnixTimeSeconds(), RandomNumberGenerator.GetHexString(32, lowercase: true));
        return client.RequestTokenAsync(AgentAssertion.Sign(key, claims), ct);
    }

    private static bool IsRefusal(ControlPlaneException e) => e.Fault is ControlPlaneFault.Unauthorized or ControlPlaneFault.Refused;

    private bool AdoptServerTime(ControlPlaneException refusal)
    {
        var offset = (refusal.ServerTime ?? time.GetUtcNow() + _clockOffset) - time.GetUtcNow();
        if ((offset - _clockOffset).Duration() <= TolerableSkew)
        {
            return false;
        }

        _clockOffset = offset;
        LogClockOff(log, (long)offset.TotalSeconds);
        return true;
    }

    private ControlPlaneException Pause(ControlPlaneException refusal)
    {
        _refused = true;
        _refusedAt = time.GetTimestamp();
        LogRefused(log, refusal.Message);
        return new ControlPlaneException(ControlPlaneFault.Throttled, refusal.Message, refusal) { RetryAfter = RefusedPause };
    }

    [LoggerMessage(101, LogLevel.Warning, "This machine's clock is {Seconds} s behind the control plane's; assertions are dated by the latter")]
    private static partial void LogClockOff(ILogger log, long seconds);

    [LoggerMessage(102, LogLevel.Error, "The control plane refuses this node a token ({Reason}); was it revoked? Workloads keep running")]
    private static partial void LogRefused(ILogger log, string reason);
}

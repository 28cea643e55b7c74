using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Saas.Provisioning;

/// <summary>What an installation may set.</summary>
internal sealed record ProvisioningOptions
{
    /// <summary>
    /// A node counts as down when its agent was not heard for this long; the scheduler must be set to the same. Shorter
    /// finds dead nodes sooner and writes more heartbeats: three a node in this time. Default 30 s; 1 s to 1 h.
    /// </summary>
    public TimeSpan HeartbeatTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a waiting long poll looks whether another process changed the cell. Default 1 s, and
    /// never more than a third of <see cref="HeartbeatTtl"/>: each look is a heartbeat too.</summary>
    public TimeSpan AssignmentRecheck { get; init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="InvalidOperationException"><c>SAAS_HEARTBEAT_TTL_SECONDS</c> is not a number in range.</exception>
    public static ProvisioningOptions Read(IConfiguration configuration)
    {
        var options = new ProvisioningOptions();
        return configuration["SAAS_HEARTBEAT_TTL_SECONDS"] is not { Length: > 0 } text
            ? options
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600
                ? options with { HeartbeatTtl = TimeSpan.FromSeconds(seconds), AssignmentRecheck = TimeSpan.FromSeconds(Math.Min(1, seconds / 3.0)) }
                : throw new InvalidOperationException($"SAAS_HEARTBEAT_TTL_SECONDS is {text}: expected 1 to 3600.");
    }
}

using Saas.Discovery.Model;

namespace Saas.LocalRegistry.Checks;

/// <summary>What one look at a service found.</summary>
/// <param name="Status">One of <see cref="HealthStatus"/>.</param>
internal readonly record struct CheckResult(string Status, string Output)
{
    public static CheckResult Passing(string output) => new(HealthStatus.Passing, output);

    public static CheckResult Warning(string output) => new(HealthStatus.Warning, output);

    public static CheckResult Critical(string output) => new(HealthStatus.Critical, output);
}

/// <summary>One kind of look at a service, at one thing. Repeated by <see cref="ProbeLoop"/>; never twice at a time.</summary>
internal interface ICheckProbe : IDisposable
{
    /// <summary>
    /// Must answer for whatever happens at the other end, and a time-out of its own, by a result.
    /// Must leave nothing behind: no connection, no process.
    /// </summary>
    /// <exception cref="OperationCanceledException">The agent stops or the check is gone.</exception>
    Task<CheckResult> ProbeAsync(CancellationToken ct);
}

namespace Saas.Contracts.Agents;

/// <summary>What agents and control plane agree on. Paths are of the Provisioning app.</summary>
public static class AgentProtocol
{
    /// <summary>
    /// Rises by one with every change that the other side must know of.
    /// 1 (2026-11-21): enrol, token, node, assignment, allocations, usage.
    /// 2 (2026-11-29): an allocation may follow others, have ports, devices and a payload, and is told to be well or not
    /// (<see cref="AllocationReport.Healthy"/>); a fingerprint has class, pool, price, networks, volumes and devices.
    /// 3 (2026-11-29): sessions (<see cref="SessionProtocol"/>).
    /// 4 (2026-11-29): tasks have artifacts, templates, and restarts of their own.
    /// </summary>
    public const int Version = 4;

    /// <summary>
    /// Agents of older versions keep what they run and are given nothing new: they would start tasks without their
    /// files, and at once what has to wait for others to end.
    /// </summary>
    public const int OldestPlaced = 4;

    public const string EnrolPath = "/v1/agent/enrol";
    public const string TokenPath = "/v1/agent/token";
    public const string NodePath = "/v1/agent/node";

    /// <summary>Query: <c>index</c> (the last one seen; 0 answers at once) and <c>wait</c> (seconds, 0 to 60).</summary>
    public const string AssignmentPath = "/v1/agent/assignment";

    public const string AllocationsPath = "/v1/agent/allocations";
    public const string UsagePath = "/v1/agent/usage";

    /// <summary>Query: <c>mark</c> (of the sessions last seen) and <c>wait</c> (seconds, 0 to 60).</summary>
    public const string SessionsPath = "/v1/agent/sessions";

    /// <summary>
    /// POST: frames of the agent's. GET: the client's, with <c>after</c> (the last one taken; it and those before are
    /// dropped) and <c>wait</c> (seconds, 0 to 60). 404: the session has ended.
    /// </summary>
    public static string SessionFramesPath(string sessionId) => $"{SessionsPath}/{sessionId}/frames";

    /// <summary>An assertion is refused when its clock is further off than this.</summary>
    public static readonly TimeSpan AllowedClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>The longest life an assertion may claim.</summary>
    public static readonly TimeSpan MaxAssertionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>At most this many statuses, or samples, in one request.</summary>
    public const int MaxReportItems = 1000;
}

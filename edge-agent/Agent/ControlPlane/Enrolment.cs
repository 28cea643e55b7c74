using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.State;

namespace Saas.EdgeAgent.ControlPlane;

/// <summary>The control plane does not take the token, or there is none. The message is for the operator.</summary>
internal sealed class EnrolmentRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Turns an enrolment token into a node, once. The order makes it repeatable: key on disk, request, identity on disk;
/// an agent killed in between asks again with the same token and key and is given the same node.
/// </summary>
internal sealed partial class Enrolment(ControlPlaneClient client, TimeProvider time, ILogger log)
{
    /// <exception cref="EnrolmentRefusedException">For good: an operator must act.</exception>
    public async Task<NodeIdentity> EnsureAsync(
        StateFile<NodeIdentity> file, ECDsa key, Func<string?> readToken, string name, CancellationToken ct)
    {
        if (file.Read() is { } known)
        {
            return known;
        }

        var token = readToken() ?? throw new EnrolmentRefusedException(
            "This machine is not enrolled: give an enrolment token by --token-file or SAAS_ENROLMENT_TOKEN.");
        var request = new EnrolRequest(
            token, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), name, AgentProtocol.Version);
        NodeIdentity? identity = null;
        using var enrolled = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await new RetryingLoop("enrolment", time, log).RunAsync(
            async turn =>
            {
                identity ??= await RequestAsync(request, turn);
                file.Write(identity);
                await enrolled.CancelAsync();
            },
            enrolled.Token);
        ct.ThrowIfCancellationRequested();
        LogEnrolled(log, identity!.NodeId, identity.SiteId);
        return identity;
    }

    private async Task<NodeIdentity> RequestAsync(EnrolRequest request, CancellationToken ct)
    {
        try
        {
            var response = await client.EnrolAsync(request, ct);
            if (!EntityId.IsValid("node", response.NodeId))
            {
                // It becomes part of paths.
                throw new ControlPlaneException(ControlPlaneFault.Unavailable, "the answer is not the protocol's: not a node id");
            }

            return new NodeIdentity(response.TenantId, response.SiteId, response.NodeId);
        }
        catch (ControlPlaneException e) when (e.Fault is ControlPlaneFault.Unauthorized or ControlPlaneFault.Refused)
        {
            throw new EnrolmentRefusedException($"The control plane refuses the enrolment: {e.Message}", e);
        }
    }

    [LoggerMessage(121, LogLevel.Information, "Enrolled as {NodeId} in {SiteId}")]
    private static partial void LogEnrolled(ILogger log, string nodeId, string siteId);
}

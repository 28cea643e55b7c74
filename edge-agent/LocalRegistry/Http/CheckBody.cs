using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Http;

/// <summary>A check's definition as clients send it, alone or within a service's.</summary>
internal static class CheckBody
{
    public const int MaxIdLength = 320;
    private const int MaxNameLength = 512;
    private const int MaxNotesLength = 4096;

    /// <exception cref="ApiRefusal"/>
    public static CheckDefinition Read(BodyFields body, out string project)
    {
        var definition = new CheckDefinition
        {
            Id = body.Text("ID") is { Length: > 0 } id ? id : body.Text("CheckID"),
            Name = body.Text("Name"),
            Notes = body.Text("Notes"),
            ServiceId = body.Text("ServiceID"),
            Status = body.Text("Status"),
            Args = body.Texts("Args") is { Count: > 0 } args ? args : body.Texts("ScriptArgs"),
            Http = body.Text("HTTP"),
            Method = body.Text("Method"),
            Header = body.ListMap("Header") ?? new Dictionary<string, IReadOnlyList<string>>(),
            Body = body.Text("Body"),
            DisableRedirects = body.Boolean("DisableRedirects"),
            Tcp = body.Text("TCP"),
            TcpUseTls = body.Boolean("TCPUseTLS"),
            Udp = body.Text("UDP"),
            Grpc = body.Text("GRPC"),
            GrpcUseTls = body.Boolean("GRPCUseTLS"),
            TlsServerName = body.Text("TLSServerName"),
            TlsSkipVerify = body.Boolean("TLSSkipVerify"),
            AliasNode = body.Text("AliasNode"),
            AliasService = body.Text("AliasService"),
            Ttl = body.Duration("TTL"),
            Interval = body.Duration("Interval"),
            Timeout = body.Duration("Timeout"),
            SuccessBeforePassing = body.Integer("SuccessBeforePassing"),
            FailuresBeforeWarning = body.Integer("FailuresBeforeWarning"),
            FailuresBeforeCritical = body.Integer("FailuresBeforeCritical"),
            DeregisterCriticalServiceAfter = body.Duration("DeregisterCriticalServiceAfter"),
            OutputMaxSize = body.Integer("OutputMaxSize"),
        };
        RefuseKind(body, "DockerContainerID", "Docker");
        RefuseKind(body, "H2PING", "H2PING");
        RefuseKind(body, "OSService", "OSService");
        project = body.Text("Namespace");
        body.Ignore("Token", "Shell", "H2PingUseTLS", "Partition", "ExposedPort");
        body.RefuseRest();
        if (definition.Id.Length > MaxIdLength || definition.Name.Length > MaxNameLength || definition.Notes.Length > MaxNotesLength || definition.Id.Any(char.IsControl))
        {
            throw ApiRefusal.BadRequest($"Invalid check: its ID takes {MaxIdLength} characters at most, its name {MaxNameLength}, its notes {MaxNotesLength}");
        }

        if (definition.Id == HealthStatus.AgentAlive)
        {
            throw ApiRefusal.BadRequest($"Invalid check: {HealthStatus.AgentAlive} is the registry's own");
        }

        return definition;
    }

    /// <summary>What holds for checks of services and of the node alike.</summary>
    /// <param name="wrongStatus">What is said of a status that is none.</param>
    /// <exception cref="ApiRefusal"/>
    public static void Validate(CheckDefinition check, bool allowScripts, string wrongStatus)
    {
        if (check.Fault() is { } fault)
        {
            throw ApiRefusal.BadRequest($"Invalid check: {fault}");
        }

        if (check.Status.Length > 0 && !HealthStatus.IsStatus(check.Status))
        {
            throw ApiRefusal.BadRequest(wrongStatus);
        }

        if (check.IsScript && !allowScripts)
        {
            throw ApiRefusal.Internal("Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true");
        }
    }

    private static void RefuseKind(BodyFields body, string field, string kind)
    {
        if (body.Text(field).Length > 0)
        {
            throw ApiRefusal.BadRequest($"Invalid check: {kind} checks are not run by this agent");
        }
    }
}

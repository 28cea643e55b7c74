using System.Text.Json.Serialization;

namespace Saas.Provisioning.Status;

/// <summary>Nomad's AgentSelf, with as much of a configuration as its clients look at.</summary>
internal sealed record AgentSelfBody(
    [property: JsonPropertyName("config")] AgentConfigBody Config,
    [property: JsonPropertyName("member")] AgentMemberBody Member,
    [property: JsonPropertyName("stats")] IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Stats);

internal sealed record AgentConfigBody(string Region, string Datacenter, string NodeName, AgentVersionBody Version, AgentAclBody ACL);

internal sealed record AgentVersionBody(string Version);

internal sealed record AgentAclBody(bool Enabled);

/// <summary>Nomad's ServerMembers.</summary>
internal sealed record ServerMembersBody(string ServerName, string ServerRegion, string ServerDC, IReadOnlyList<AgentMemberBody> Members);

/// <summary>Nomad's AgentMember.</summary>
internal sealed record AgentMemberBody(string Name, string Addr, int Port, IReadOnlyDictionary<string, string> Tags, string Status)
{
    public int ProtocolMin { get; } = 1;
    public int ProtocolMax { get; } = 5;
    public int ProtocolCur { get; } = 2;
    public int DelegateMin { get; } = 2;
    public int DelegateMax { get; } = 5;
    public int DelegateCur { get; } = 4;
}

internal sealed record AgentHealthBody([property: JsonPropertyName("server")] HealthBody Server);

internal sealed record HealthBody([property: JsonPropertyName("ok")] bool Ok, [property: JsonPropertyName("message")] string Message);

/// <summary>Nomad's ACLToken.</summary>
internal sealed record AclTokenBody
{
    /// <summary>The key's id.</summary>
    public required string AccessorID { get; init; }

    /// <summary>Never told.</summary>
    public string SecretID { get; init; } = "";

    public required string Name { get; init; }

    /// <summary><c>management</c>: an owner's key; else <c>client</c>.</summary>
    public required string Type { get; init; }

    public required IReadOnlyList<string> Policies { get; init; }
    public IReadOnlyList<string> Roles { get; init; } = [];
    public bool Global { get; init; }
    public required DateTime CreateTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required DateTime? ExpirationTime { get; init; }

    public long CreateIndex { get; init; } = 1;
    public long ModifyIndex { get; init; } = 1;
}

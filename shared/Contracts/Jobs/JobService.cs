using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Contracts.Jobs;

/// <summary>
/// A service that a group or a task offers: it is in the registry's catalog while what offers it runs. Nomad's block of that
/// name (https://developer.hashicorp.com/nomad/docs/job-specification/service), for provider <c>consul</c>.
/// </summary>
public sealed record JobService
{
    /// <summary>
    /// A label of RFC 1123: 1 to 63 letters, digits and '-'. May name <c>${JOB}</c>, <c>${TASKGROUP}</c>, <c>${TASK}</c> and
    /// <c>${BASE}</c>, which submission replaces. Default is job, group and task with '-' between.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Of a group's service only: the task that answers for it. A task's service has that task.</summary>
    public string? TaskName { get; init; }

    /// <summary>A port's label in the group's network, or a port number, 1 to 65535, as text. Empty: the service has no port.</summary>
    public string? PortLabel { get; init; }

    /// <summary>One of <see cref="AddressModes"/>; default <c>auto</c>.</summary>
    public string? AddressMode { get; init; }

    /// <summary>Advertised in place of the node's address.</summary>
    public string? Address { get; init; }

    /// <summary>Whether others may change the tags in the catalog; default false.</summary>
    public bool? EnableTagOverride { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>In place of <see cref="Tags"/> while the allocation is a canary.</summary>
    public IReadOnlyList<string>? CanaryTags { get; init; }

    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>As <see cref="CanaryTags"/>.</summary>
    public IReadOnlyDictionary<string, string>? CanaryMeta { get; init; }

    public JobServiceWeights? Weights { get; init; }
    public IReadOnlyList<JobServiceCheck>? Checks { get; init; }

    /// <summary>Default and only value is <c>consul</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>Default and only value is <c>default</c>.</summary>
    public string? Cluster { get; init; }

    /// <summary>Default and only value is <c>require_healthy</c>: there are no deployments that it could tell to ignore a check.</summary>
    public string? OnUpdate { get; init; }

    // Nomad's, and refused unless empty: named here, so that the refusal can say why.
    public JsonElement? Connect { get; init; }
    public JsonElement? CheckRestart { get; init; }
    public JsonElement? Identity { get; init; }
    public JsonElement? TaggedAddresses { get; init; }
    public string? Kind { get; init; }
}

/// <summary>Shares of DNS SRV answers by health.</summary>
public sealed record JobServiceWeights
{
    /// <summary>1 to 65535; default 1.</summary>
    public int? Passing { get; init; }

    /// <summary>0 to 65535; default 1.</summary>
    public int? Warning { get; init; }
}

/// <summary>How the agent finds out whether an instance of a service is healthy. Nomad's <c>check</c> block.</summary>
public sealed record JobServiceCheck
{
    /// <summary>Unique in the service; default <c>service: "NAME" check</c>.</summary>
    public string? Name { get; init; }

    /// <summary>One of <see cref="CheckTypes"/>.</summary>
    public string? Type { get; init; }

    /// <summary>Nanoseconds between the end of one look and the next; 1 s to 24 h. Required.</summary>
    public long? Interval { get; init; }

    /// <summary>Nanoseconds until a look that was not answered has failed; 1 s to 1 h. Required.</summary>
    public long? Timeout { get; init; }

    /// <summary><c>passing</c>, <c>warning</c> or <c>critical</c>; empty, the default, is critical.</summary>
    public string? InitialStatus { get; init; }

    /// <summary>Successes in a row until it passes; default 0: the first. Not for <c>script</c>.</summary>
    public int? SuccessBeforePassing { get; init; }

    /// <summary>Failures in a row until it is critical; default 0: the first. Not for <c>script</c>.</summary>
    public int? FailuresBeforeCritical { get; init; }

    /// <summary>Failures in a row until it warns; default 0: as <see cref="FailuresBeforeCritical"/>. Not for <c>script</c>.</summary>
    public int? FailuresBeforeWarning { get; init; }

    /// <summary>For people; at most 255 characters.</summary>
    public string? Notes { get; init; }

    /// <summary>As <see cref="JobService.PortLabel"/>. Empty: the service's.</summary>
    public string? PortLabel { get; init; }

    /// <summary><c>host</c>, the node's address. Empty: the service's <see cref="JobService.Address"/>, else the node's.</summary>
    public string? AddressMode { get; init; }

    /// <summary><c>http</c>: of the URL, with its query.</summary>
    public string? Path { get; init; }

    /// <summary><c>http</c>: <c>http</c> (default) or <c>https</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary><c>http</c>: default <c>GET</c>.</summary>
    public string? Method { get; init; }

    /// <summary><c>http</c>: by name, each with its values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Header { get; init; }

    /// <summary><c>http</c>: what is sent.</summary>
    public string? Body { get; init; }

    /// <summary><c>grpc</c>: which of the server's services to ask for; empty: the server as a whole.</summary>
    public string? GRPCService { get; init; }

    /// <summary><c>grpc</c>: default false.</summary>
    public bool? GRPCUseTLS { get; init; }

    /// <summary>The name that a TLS server's certificate is checked for, in place of the address.</summary>
    public string? TLSServerName { get; init; }

    public bool? TLSSkipVerify { get; init; }

    /// <summary><c>script</c>: a program, run where the task runs. 0 is passing, 1 warning, all else critical.</summary>
    public string? Command { get; init; }

    /// <summary><c>script</c>.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>The task that a script runs in. Default is the service's.</summary>
    public string? TaskName { get; init; }

    /// <summary>As <see cref="JobService.OnUpdate"/>.</summary>
    public string? OnUpdate { get; init; }

    // As in JobService.
    public JsonElement? CheckRestart { get; init; }
    public bool? Expose { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Advertise { get; init; }
}

/// <summary>Values of <see cref="JobServiceCheck.Type"/>: Nomad's for Consul.</summary>
public static class CheckTypes
{
    public const string Http = "http";
    public const string Tcp = "tcp";
    public const string Grpc = "grpc";
    public const string Script = "script";
}

/// <summary>Values of <see cref="JobService.AddressMode"/> that mean something here: tasks have no network of their own that we know of.</summary>
public static class AddressModes
{
    /// <summary><see cref="JobService.Address"/>, else the node's.</summary>
    public const string Auto = "auto";

    /// <summary>The node's.</summary>
    public const string Host = "host";
}

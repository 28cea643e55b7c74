using System.Text.Json.Serialization;

namespace Saas.Registry.Queries;

/// <summary>A query as clients send it. What is not there, or null, is empty.</summary>
internal sealed record QueryBody
{
    public string? ID { get; init; }
    public string? Name { get; init; }
    public string? Session { get; init; }
    public string? Token { get; init; }
    public TemplateBody? Template { get; init; }
    public ServiceBody? Service { get; init; }
    public DnsBody? DNS { get; init; }

    public PreparedQuery ToQuery(string id) => new()
    {
        ID = id,
        Name = Name ?? "",
        Session = Session ?? "",
        HadToken = Token is { Length: > 0 },
        Template = new QueryTemplate { Type = Template?.Type ?? "", Regexp = Template?.Regexp ?? "", RemoveEmptyTags = Template?.RemoveEmptyTags ?? false },
        Service = (Service ?? new ServiceBody()).ToService(),
        DnsTtl = DNS?.TTL ?? "",
    };
}

internal sealed record TemplateBody
{
    public string? Type { get; init; }
    public string? Regexp { get; init; }
    public bool RemoveEmptyTags { get; init; }
}

internal sealed record DnsBody
{
    public string? TTL { get; init; }
}

internal sealed record ServiceBody
{
    public string? Service { get; init; }
    public string? Namespace { get; init; }
    public string? Partition { get; init; }
    public string? Peer { get; init; }
    public string? SamenessGroup { get; init; }
    public FailoverBody? Failover { get; init; }
    public bool OnlyPassing { get; init; }
    public IReadOnlyList<string?>? IgnoreCheckIDs { get; init; }
    public string? Near { get; init; }
    public IReadOnlyList<string?>? Tags { get; init; }
    public IReadOnlyDictionary<string, string?>? NodeMeta { get; init; }
    public IReadOnlyDictionary<string, string?>? ServiceMeta { get; init; }
    public bool Connect { get; init; }

    public ServiceQuery ToService() => new()
    {
        Service = Service ?? "",
        Failover = new QueryFailover
        {
            NearestN = Failover?.NearestN ?? 0,
            Datacenters = Texts(Failover?.Datacenters),
            Targets = [.. (Failover?.Targets ?? []).Select(t => t?.Datacenter ?? "")],
        },
        OnlyPassing = OnlyPassing,
        IgnoreCheckIDs = Texts(IgnoreCheckIDs),
        Near = Near ?? "",
        Tags = Texts(Tags),
        NodeMeta = Pairs(NodeMeta),
        ServiceMeta = Pairs(ServiceMeta),
        Connect = Connect,
    };

    private static IReadOnlyList<string> Texts(IReadOnlyList<string?>? texts) => [.. (texts ?? []).Select(t => t ?? "")];

    private static Dictionary<string, string> Pairs(IReadOnlyDictionary<string, string?>? pairs) =>
        (pairs ?? new Dictionary<string, string?>()).ToDictionary(p => p.Key, p => p.Value ?? "", StringComparer.Ordinal);
}

internal sealed record FailoverBody
{
    public int NearestN { get; init; }
    public IReadOnlyList<string?>? Datacenters { get; init; }
    public IReadOnlyList<TargetBody?>? Targets { get; init; }
}

internal sealed record TargetBody
{
    public string? Peer { get; init; }
    public string? PeerName { get; init; }
    public string? Datacenter { get; init; }
    public string? Partition { get; init; }
    public string? Namespace { get; init; }
}

internal sealed record CreatedQuery(string ID);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(QueryBody))]
[JsonSerializable(typeof(CreatedQuery))]
internal sealed partial class QueryJson : JsonSerializerContext;

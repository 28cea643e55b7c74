using System.Text.RegularExpressions;
using Saas.Discovery;
using Saas.Registry.Consul;

namespace Saas.Registry.Queries;

/// <summary>What a query must be, in Consul's words; and what the registry asks beyond, in its own.</summary>
internal static partial class QueryRules
{
    /// <summary>What is shown instead of a token.</summary>
    public const string Hidden = "<hidden>";

    /// <summary>Of a name, and so of a prefix.</summary>
    public const int MaxPrefix = 256;

    private const int MaxText = 512;
    private const int MaxItems = 64;
    private const int MaxKey = 128;

    /// <exception cref="RegistryException">500, as Consul has it for all of these.</exception>
    public static void Check(QueryBody body, PreparedQuery query)
    {
        Require(query.Name.Length > 0 || query.IsTemplate || query.Session.Length > 0, "Must be bound to a session");
        Require(body.Token != Hidden, $"Bad Token '{Hidden}', it looks like a query definition with a redacted token was submitted");
        Require(query.Name.Length <= MaxPrefix, $"Name is too long (limit: {MaxPrefix} characters)");
        CheckService(body.Service, query.Service);
        CheckTtl(query.DnsTtl);
    }

    /// <summary>Of DNS, for answers; null: none given.</summary>
    public static int? TtlSeconds(PreparedQuery query) =>
        GoDuration.TryParse(query.DnsTtl, out var ttl) ? (int)Math.Min(ttl.TotalSeconds, int.MaxValue) : null;

    private static void CheckService(ServiceBody? body, ServiceQuery service)
    {
        Require(service.Service.Length > 0, "Must provide a Service name to query");
        var failover = service.Failover;
        Require(failover.NearestN >= 0, $"Bad NearestN '{failover.NearestN}', must be >= 0");
        Require(
            failover.Targets.Count == 0 || (failover.NearestN == 0 && failover.Datacenters.Count == 0),
            "Targets cannot be populated with NearestN or Datacenters");
        Require(body is { Peer: null or "", SamenessGroup: null or "" }, "Service: there are no peers and no sameness groups");
        Require(IsDefault(body!.Namespace) && IsDefault(body.Partition), "Service: expected a service of the query's own namespace");
        foreach (var target in body.Failover?.Targets ?? [])
        {
            Require(target is { Peer: null or "", PeerName: null or "" }, "Targets: there are no peers");
            Require(IsDefault(target!.Namespace) && IsDefault(target.Partition), "Targets: expected datacenters of the query's own namespace");
        }

        CheckMeta("Node", service.NodeMeta);
        CheckMeta("Service", service.ServiceMeta);
        CheckSizes(service);
    }

    private static void CheckSizes(ServiceQuery service)
    {
        Require(service.Service.Length <= MaxText && service.Near.Length <= MaxText, $"Service: expected texts of at most {MaxText} characters");
        foreach (var (name, items) in new[]
        {
            ("Tags", service.Tags), ("IgnoreCheckIDs", service.IgnoreCheckIDs),
            ("Datacenters", service.Failover.Datacenters), ("Targets", service.Failover.Targets),
        })
        {
            Require(items.Count <= MaxItems && items.All(i => i.Length <= MaxText), $"{name}: expected at most {MaxItems}, of at most {MaxText} characters each");
        }
    }

    private static void CheckMeta(string of, IReadOnlyDictionary<string, string> meta)
    {
        Require(meta.Count <= MaxItems, $"{of} metadata cannot contain more than {MaxItems} key/value pairs");
        foreach (var (key, value) in meta)
        {
            var fault = key.Length == 0 ? "Key cannot be blank"
                : !MetaKey().IsMatch(key) ? "Key contains invalid characters"
                : key.Length > MaxKey ? $"Key is too long (limit: {MaxKey} characters)"
                : value.Length > MaxText ? $"Value is too long (limit: {MaxText} characters)"
                : null;
            Require(fault is null, $"Couldn't load metadata pair ('{Shown(key)}', '{Shown(value)}'): {fault}");
        }
    }

    private static void CheckTtl(string ttl)
    {
        if (ttl.Length > 0)
        {
            Require(GoDuration.TryParse(ttl, out var duration), $"Bad DNS TTL '{Shown(ttl)}': time: invalid duration \"{Shown(ttl)}\"");
            Require(duration >= TimeSpan.Zero, $"DNS TTL '{Shown(ttl)}', must be >=0");
        }
    }

    private static bool IsDefault(string? place) => place is null or "" || place.Equals("default", StringComparison.OrdinalIgnoreCase);

    private static string Shown(string text) => text.Length <= MaxKey ? text : text[..MaxKey] + "…";

    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw RegistryException.Server("Invalid prepared query: " + fault);
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+$", RegexOptions.NonBacktracking)]
    private static partial Regex MetaKey();
}

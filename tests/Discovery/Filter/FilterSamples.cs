using System.Text.Json;
using Saas.Discovery.Filter;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Model;

namespace Saas.Discovery.Tests.Filter;

/// <summary>One instance with something in every field, and how to ask about it.</summary>
internal static class FilterSamples
{
    public static readonly Node Node = new()
    {
        ID = "40e4a748-2192-161a-0510-9bf59fe950b5",
        Name = "web-1",
        Address = "10.0.0.1",
        Datacenter = "dc1",
        TaggedAddresses = new Dictionary<string, string> { ["lan"] = "10.0.0.1", ["wan"] = "198.18.0.1" },
        Meta = new Dictionary<string, string> { ["env"] = "prod", ["instance-type"] = "m5.large", ["a b"] = "spaced", ["empty"] = "" },
    };

    public static readonly ServiceInstance Service = new()
    {
        Kind = "connect-proxy",
        ID = "web-proxy-1",
        Name = "web-proxy",
        Tags = ["v1", "primary"],
        Address = "10.0.0.2",
        TaggedAddresses = new Dictionary<string, ServiceAddress> { ["wan"] = new("198.18.0.2", 443) },
        Meta = new Dictionary<string, string> { ["version"] = "1.2.3" },
        Port = 8080,
        SocketPath = "/run/web.sock",
        Weights = new ServiceWeights(10, 2),
        EnableTagOverride = true,
        Proxy = JsonDocument.Parse("""
            {
              "DestinationServiceName": "web", "DestinationServiceID": "web1", "LocalServiceAddress": "127.0.0.1",
              "LocalServicePort": 9090, "Mode": "transparent", "MeshGateway": {"Mode": "local"},
              "TransparentProxy": {"OutboundListenerPort": 15001},
              "Upstreams": [
                {"DestinationName": "db", "DestinationType": "service", "DestinationNamespace": "default", "Datacenter": "dc2",
                 "LocalBindAddress": "127.0.0.1", "LocalBindPort": 5432, "MeshGateway": {"Mode": "remote"}},
                {"destinationname": "cache", "LocalBindPort": 6379}
              ]
            }
            """).RootElement,
        Connect = JsonDocument.Parse("""{"Native": true}""").RootElement,
    };

    public static readonly HealthCheck Alive = new() { Node = "web-1", CheckID = "serfHealth", Name = "Serf Health Status", Status = "passing" };

    public static readonly HealthCheck Check = new()
    {
        Node = "web-1",
        CheckID = "service:web-proxy-1",
        Name = "web",
        Status = "warning",
        Notes = "slow",
        Output = "took 3 s",
        ServiceID = "web-proxy-1",
        ServiceName = "web-proxy",
        ServiceTags = ["v1"],
        Type = "http",
        Interval = "10s",
        Timeout = "1s",
        ExposedPort = 21500,
    };

    public static readonly CheckServiceNode Instance = new(Node, Service, [Alive, Check]);

    /// <summary>Nothing but what must be there.</summary>
    public static readonly CheckServiceNode Bare = new(
        new Node { Name = "n", Address = "a" },
        new ServiceInstance { ID = "s", Name = "s" },
        []);

    public static bool Matches(string expression, CheckServiceNode? item = null) =>
        FilterExpression<CheckServiceNode>.Parse(expression, CheckServiceNodeFields.Instance).Matches(item ?? Instance);

    /// <summary>What is wrong with it, behind the words that all have.</summary>
    public static string Refusal(string expression)
    {
        const string Beginning = "Failed to create boolean expression evaluator: ";
        var message = Assert.Throws<FilterException>(() =>
            FilterExpression<CheckServiceNode>.Parse(expression, CheckServiceNodeFields.Instance)).Message;
        Assert.StartsWith(Beginning, message, StringComparison.Ordinal);
        return message[Beginning.Length..];
    }
}

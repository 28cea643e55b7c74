namespace Saas.Discovery.Tests.Filter;

/// <summary>Which expressions hold for the sample instance, with every operator on every kind of field that it fits.</summary>
public sealed class FilterMatchTests
{
    public static readonly TheoryData<string, bool> OfInstance = new()
    {
        { "", true },
        { "Node.Node == \"web-1\"", true },
        { "Node.Node == `WEB-1`", false },
        { "Node.Node != \"web-1\"", false },
        { "Node.Node contains eb", true },
        { "Node.Node not contains eb", false },
        { "\"\" in Node.Node", true },
        { "zz not in Node.Node", true },
        { "Node.Node matches `^web-[0-9]+$`", true },
        { "Node.Node matches `eb`", true },
        { "Node.Node not matches `^eb`", true },
        { "Service.Port == 8080", true },
        { "Service.Port == \"0x1F90\"", true },
        { "Service.Port == \"0b1_1111_1001_0000\"", true },
        { "Service.Port == \"0o17620\"", true },
        { "Service.Port == \"017620\"", true },
        { "Service.Port == \"+8_080\"", true },
        { "Service.Port != -8080", true },
        { "Service.Port != \"-9223372036854775808\"", true },
        { "Service.EnableTagOverride == true", true },
        { "Service.EnableTagOverride == T", true },
        { "Service.EnableTagOverride == 1", true },
        { "Service.EnableTagOverride != false", true },
        { "v1 in Service.Tags", true },
        { "Service.Tags contains v", false },
        { "Service.Tags not contains v2", true },
        { "Service.Tags is empty", false },
        { "Service.Tags is not empty", true },
        { "env in Node.Meta", true },
        { "prod in Node.Meta", false },
        { "nope not in Node.Meta", true },
        { "Node.Meta is not empty", true },
        { "Node.Meta.env == prod", true },
        { "Node.Meta[\"instance-type\"] matches `^m5[.]`", true },
        { "Node.Meta[`a b`] contains ace", true },
        { "Node.Meta.empty == \"\"", true },
        { "Node.TaggedAddresses.wan == \"198.18.0.1\"", true },
        { "wan in Service.TaggedAddresses", true },
        { "lan in Service.TaggedAddresses", false },
        { "Service.TaggedAddresses is not empty", true },
        { "Service.TaggedAddresses.wan.Port == 443", true },
        { "Service.TaggedAddresses[\"wan\"].Address matches `^198`", true },
        { "Service.Weights.Passing == 10 and Service.Weights.Warning == 2", true },
        { "Service.SocketPath == \"/run/web.sock\" and Service.Kind == `connect-proxy`", true },
        { "Service.Connect.Native == true", true },
        { "Service.Proxy.DestinationServiceName == web and Service.Proxy.DestinationServiceID == web1", true },
        { "Service.Proxy.LocalServiceAddress == \"127.0.0.1\" and Service.Proxy.LocalServicePort == 9090", true },
        { "Service.Proxy.Mode == transparent and Service.Proxy.MeshGateway.Mode == local", true },
        { "Service.Proxy.TransparentProxy.OutboundListenerPort == 15001", true },
        { "Service.Proxy.Upstreams is empty", false },
        { "Service.Proxy.Upstreams.DestinationName == cache", true },
        { "Service.Proxy.Upstreams.LocalBindPort == 5432", true },
        { "Service.Proxy.Upstreams.LocalBindPort == 5433", false },
        { "Service.Proxy.Upstreams.MeshGateway.Mode == remote", true },
        { "Checks is empty", false },
        { "Checks.Status == passing", true },
        { "Checks.Status != passing", true },
        { "Checks.Status == critical", false },
        { "not Checks.Status == critical", true },
        { "Checks.CheckID matches `^service:`", true },
        { "Checks.ServiceTags contains v1", true },
        { "Checks.ServiceTags is empty", true },
        { "Checks.ExposedPort == 21500 and Checks.Type == http and Checks.Interval == \"10s\"", true },
        { "critical not in Checks.Status", true },
    };

    /// <summary>Of what a map lacks nothing is true but the opposites, and <c>matches</c>; of records, nothing.</summary>
    public static readonly TheoryData<string, bool> OfBareInstance = new()
    {
        { "Node.Meta.env == prod", false },
        { "Node.Meta.env == \"\"", false },
        { "Node.Meta.env != prod", true },
        { "prod in Node.Meta.env", false },
        { "prod not in Node.Meta.env", true },
        { "Node.Meta.env matches prod", true },
        { "Node.Meta.env not matches prod", true },
        { "Node.Meta is empty", true },
        { "env in Node.Meta", false },
        { "env not in Node.Meta", true },
        { "Service.TaggedAddresses is empty", true },
        { "wan not in Service.TaggedAddresses", true },
        { "Service.TaggedAddresses.wan.Port == 0", false },
        { "Service.TaggedAddresses.wan.Port != 0", true },
        { "Service.TaggedAddresses.wan.Address == \"\"", false },
        { "Service.Tags is empty", true },
        { "Service.Proxy.DestinationServiceName == \"\" and Service.Proxy.LocalServicePort == 0", true },
        { "Service.Proxy.Upstreams is empty", true },
        { "Service.Connect.Native == false", true },
        { "Checks is empty", true },
        { "Checks.Status == passing", false },
        { "Checks.Status != passing", false },
        { "not Checks.Status == passing", true },
    };

    [Theory]
    [MemberData(nameof(OfInstance))]
    public void Matches_Instance(string expression, bool expected) =>
        Assert.Equal(expected, FilterSamples.Matches(expression));

    [Theory]
    [MemberData(nameof(OfBareInstance))]
    public void Matches_InstanceWithoutAnything(string expression, bool expected) =>
        Assert.Equal(expected, FilterSamples.Matches(expression, FilterSamples.Bare));
}

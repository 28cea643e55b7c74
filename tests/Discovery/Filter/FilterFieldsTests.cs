using Saas.Discovery.Filter;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Model;

namespace Saas.Discovery.Tests.Filter;

/// <summary>Which selectors each endpoint has, by the tables of Consul's API documentation.</summary>
public sealed class FilterFieldsTests
{
    private const string Proxy =
        """
        DestinationServiceID Text, DestinationServiceName Text, LocalServiceAddress Text, LocalServicePort Number, Mode Text,
        TransparentProxy.OutboundListenerPort Number, MeshGateway.Mode Text, Upstreams Records, Upstreams.Datacenter Text,
        Upstreams.DestinationName Text, Upstreams.DestinationNamespace Text, Upstreams.DestinationType Text,
        Upstreams.LocalBindAddress Text, Upstreams.LocalBindPort Number, Upstreams.MeshGateway.Mode Text
        """;

    private const string OfNode =
        "Address Text, Datacenter Text, ID Text, Meta Map, Meta.x Text, Node Text, TaggedAddresses Map, TaggedAddresses.x Text";

    private const string OfCheck =
        "CheckID Text, Name Text, Node Text, Notes Text, Output Text, ServiceID Text, ServiceName Text, ServiceTags List, Status Text";

    private static readonly string OfService =
        """
        Address Text, Connect.Native Boolean, EnableTagOverride Boolean, ID Text, Kind Text, Meta Map, Meta.x Text, Port Number,
        Service Text, TaggedAddresses Map, TaggedAddresses.x.Address Text, TaggedAddresses.x.Port Number, Tags List,
        Weights.Passing Number, Weights.Warning Number
        """ + ", " + Within("Proxy.", Proxy);

    private static readonly string OfCatalogService =
        """
        Address Text, Datacenter Text, ID Text, Node Text, NodeMeta Map, NodeMeta.x Text, ServiceAddress Text,
        ServiceConnect.Native Boolean, ServiceEnableTagOverride Boolean, ServiceID Text, ServiceKind Text, ServiceMeta Map,
        ServiceMeta.x Text, ServiceName Text, ServicePort Number, ServiceTaggedAddresses Map,
        ServiceTaggedAddresses.x.Address Text, ServiceTaggedAddresses.x.Port Number, ServiceTags List,
        ServiceWeights.Passing Number, ServiceWeights.Warning Number, TaggedAddresses Map, TaggedAddresses.x Text
        """ + ", " + Within("ServiceProxy.", Proxy);

    [Fact]
    public void NodesHaveTheFieldsOfTheTable() => HasFields(NodeFields.Instance, OfNode);

    [Fact]
    public void ChecksHaveTheFieldsOfTheTable() => HasFields(CheckFields.Instance, OfCheck);

    [Fact]
    public void ServicesHaveTheFieldsOfTheTable() => HasFields(ServiceFields.Instance, OfService);

    [Fact]
    public void ServicesOfTheCatalogHaveTheFieldsOfTheTable() => HasFields(CatalogServiceFields.Instance, OfCatalogService);

    [Fact]
    public void InstancesHaveTheFieldsOfTheTable() => HasFields(
        CheckServiceNodeFields.Instance,
        $"Checks Records, {Within("Checks.", OfCheck)}, {Within("Node.", OfNode)}, {Within("Service.", OfService)}");

    [Theory]
    [InlineData("ID == \"40e4a748-2192-161a-0510-9bf59fe950b5\" and Node == \"web-1\" and Datacenter == dc1")]
    [InlineData("Address == \"10.0.0.1\" and TaggedAddresses.lan == \"10.0.0.1\" and NodeMeta.env == prod")]
    [InlineData("ServiceID == \"web-proxy-1\" and ServiceName == \"web-proxy\" and ServiceKind == \"connect-proxy\"")]
    [InlineData("ServiceAddress == \"10.0.0.2\" and ServicePort == 8080 and ServiceTaggedAddresses.wan.Port == 443")]
    [InlineData("primary in ServiceTags and ServiceMeta.version == \"1.2.3\" and ServiceSocketPath == \"/run/web.sock\"")]
    [InlineData("ServiceWeights.Passing == 10 and ServiceEnableTagOverride == true and ServiceConnect.Native == true")]
    [InlineData("ServiceProxy.DestinationServiceName == web and ServiceProxy.Upstreams.DestinationName == db")]
    public void ServicesOfTheCatalogAreReadFlat(string expression) => Assert.True(
        FilterExpression<CheckServiceNode>.Parse(expression, CatalogServiceFields.Instance).Matches(FilterSamples.Instance));

    [Fact]
    public void ValueOf_Selector_IsItsFirstValue()
    {
        var fields = CheckServiceNodeFields.Instance;
        Assert.Equal("web-1", fields.ValueOf(FilterSamples.Instance, ["Node", "Node"]).Text);
        Assert.Equal("passing", fields.ValueOf(FilterSamples.Instance, ["Checks", "Status"]).Text);
        Assert.True(fields.ValueOf(FilterSamples.Bare, ["Checks", "Status"]).IsAbsent);
        Assert.True(fields.ValueOf(FilterSamples.Bare, ["Node", "Meta", "env"]).IsAbsent);
        Assert.Null(fields.KindOf([]));
        Assert.Null(fields.KindOf(["Node", "Node", "x"]));
    }

    [Fact]
    public void Parse_OverFieldsThatOnlyAnswerBySelector_Works()
    {
        var filter = FilterExpression<int>.Parse("Value == 3 or not Value != 4", new OnlyValue());
        Assert.True(filter.Matches(3));
        Assert.True(filter.Matches(4));
        Assert.False(filter.Matches(5));
    }

    private static void HasFields<T>(IFilterFields<T> fields, string table)
    {
        foreach (var row in table.Split(',', StringSplitOptions.TrimEntries))
        {
            var (selector, kind) = (row.Split(' ')[0], row.Split(' ')[1]);
            Assert.True(fields.KindOf(selector.Split('.'))?.ToString() == kind, row);
        }
    }

    private static string Within(string part, string table) =>
        string.Join(", ", table.Split(',', StringSplitOptions.TrimEntries).Select(row => part + row));

    private sealed class OnlyValue : IFilterFields<int>
    {
        public FilterKind? KindOf(ReadOnlySpan<string> selector) => selector is ["Value"] ? FilterKind.Number : null;

        public FilterValue ValueOf(int item, ReadOnlySpan<string> selector) => FilterValue.Of(item);
    }
}

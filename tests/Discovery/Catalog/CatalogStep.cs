using FsCheck;
using FsCheck.Fluent;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;

namespace Saas.Discovery.Tests.Catalog;

/// <summary>One change of a catalog. The names are few, so that steps meet; some differ only in case.</summary>
internal abstract record CatalogStep
{
    private static readonly string[] NodeNames = ["n1", "n2", "N2", "n3"];
    private static readonly string[] NodeIds = ["", "", "a", "b", "c"];
    private static readonly string[] ServiceIds = ["s1", "s2", "s3"];
    private static readonly string[] ServiceNames = ["web", "Web", "db"];
    private static readonly string[] CheckIds = ["c1", "c2", "c3"];
    private static readonly string[] Statuses = [HealthStatus.Passing, HealthStatus.Warning, HealthStatus.Critical];

    public static Gen<CatalogStep> Any { get; } = Gen.Frequency(
        (3, from node in Gen.Elements(NodeNames) from id in Gen.Elements(NodeIds) from address in Gen.Elements("1.1.1.1", "2.2.2.2") select (CatalogStep)new PutNodeStep(node, id, address)),
        (1, from node in Gen.Elements(NodeNames) select (CatalogStep)new RemoveNodeStep(node)),
        (5, from node in Gen.Elements(NodeNames) from service in Service select (CatalogStep)new PutServiceStep(node, service)),
        (2, from node in Gen.Elements(NodeNames) from id in Gen.Elements(ServiceIds) select (CatalogStep)new RemoveServiceStep(node, id)),
        (5, from node in Gen.Elements(NodeNames) from check in Check(node) select (CatalogStep)new PutCheckStep(node, check)),
        (2, from node in Gen.Elements(NodeNames) from id in Gen.Elements(CheckIds) select (CatalogStep)new RemoveCheckStep(node, id)));

    public abstract CatalogState Apply(CatalogState catalog, ulong index, ICollection<string> touched);

    private static Gen<ServiceInstance> Service =>
        from id in Gen.Elements(ServiceIds)
        from name in Gen.Elements(ServiceNames)
        from tags in Gen.SubListOf("x", "y")
        from port in Gen.Elements(80, 81)
        select new ServiceInstance { ID = id, Name = name, Tags = [.. tags], Port = port };

    private static Gen<HealthCheck> Check(string node) =>
        from id in Gen.Elements(CheckIds)
        from service in Gen.Elements(["", .. ServiceIds])
        from status in Gen.Elements(Statuses)
        select new HealthCheck { Node = node, CheckID = id, Status = status, ServiceID = service };
}

internal sealed record PutNodeStep(string Node, string Id, string Address) : CatalogStep
{
    public override CatalogState Apply(CatalogState catalog, ulong index, ICollection<string> touched) =>
        catalog.WithNode(new Node { Name = Node, ID = Id, Address = Address }, index, touched);
}

internal sealed record RemoveNodeStep(string Node) : CatalogStep
{
    public override CatalogState Apply(CatalogState catalog, ulong index, ICollection<string> touched) => catalog.WithoutNode(Node, index, touched);
}

internal sealed record PutServiceStep(string Node, ServiceInstance Service) : CatalogStep
{
    public override CatalogState Apply(CatalogState catalog, ulong index, ICollection<string> touched) => catalog.WithService(Node, Service, index, touched);
}

internal sealed record RemoveServiceStep(string Node, string Id) : CatalogStep
{
    public override CatalogState Apply(CatalogState catalog, ulong index, ICollection<string> touched) => catalog.WithoutService(Node, Id, index, touched);
}

internal sealed record PutCheckStep(string Node, HealthCheck Check) : CatalogStep
{
    public override CatalogState Apply(CatalogState catalog, ulong index, ICollection<string> touched) => catalog.WithCheck(Check, index, touched);
}

internal sealed record RemoveCheckStep(string Node, string Id) : CatalogStep
{
    public override CatalogState Apply(CatalogState catalog, ulong index, ICollection<string> touched) => catalog.WithoutCheck(Node, Id, index, touched);
}

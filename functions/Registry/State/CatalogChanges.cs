using Saas.Discovery.Model;

namespace Saas.Registry.State;

internal sealed record NodePut(Node Node) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Catalog.WithNode(Node, index, touched));
}

internal sealed record NodeRemoved(string Name) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Catalog.WithoutNode(Name, index, touched));
}

internal sealed record ServicePut(string Node, ServiceInstance Service) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Catalog.WithService(Node, Service, index, touched));
}

internal sealed record ServiceRemoved(string Node, string Id) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Catalog.WithoutService(Node, Id, index, touched));
}

internal sealed record CheckPut(HealthCheck Check) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Catalog.WithCheck(Check, index, touched));
}

internal sealed record CheckRemoved(string Node, string Id) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched) =>
        state.With(state.Catalog.WithoutCheck(Node, Id, index, touched));
}

internal sealed partial record RegistryState
{
    public RegistryState With(Discovery.Catalog.CatalogState catalog) =>
        ReferenceEquals(catalog, Catalog) ? this : this with { Catalog = catalog };
}

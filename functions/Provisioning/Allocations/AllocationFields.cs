using Saas.Discovery.Filter;
using Saas.Provisioning.Nomad.Listing;

namespace Saas.Provisioning.Allocations;

/// <summary>An allocation among others, with what it is called beside its id.</summary>
internal readonly record struct NamedAllocation(AllocationView View, AllocationNames Names);

/// <summary>
/// The fields of allocations for filter expressions: those of their stubs. What a view holds is read from the view; a stub costs
/// more than the comparison, and is made only for who asks for another field of it.
/// </summary>
/// <param name="shape">Of the stubs: what the expression looks at must be in them.</param>
internal sealed class AllocationFields(AllocationShape shape) : IFilterFields<NamedAllocation>
{
    private static readonly JsonFields<AllocationStubBody> OfStubs = new(ProvisioningJson.Default.AllocationStubBody);

    private static readonly FilterFields<NamedAllocation> OfViews = new FilterFields<NamedAllocation>()
        .Text(nameof(AllocationStubBody.ID), static named => named.View.Id)
        .Text(nameof(AllocationStubBody.EvalID), static named => named.View.EvaluationId)
        .Text(nameof(AllocationStubBody.Namespace), static named => named.Names.ProjectOf(named.View))
        .Text(nameof(AllocationStubBody.NodeID), static named => named.View.NodeId)
        .Text(nameof(AllocationStubBody.NodeName), static named => named.Names.NodeOf(named.View))
        .Text(nameof(AllocationStubBody.JobID), static named => named.View.JobId)
        .Text(nameof(AllocationStubBody.JobType), static named => named.View.JobType)
        .Number(nameof(AllocationStubBody.JobVersion), static named => named.View.JobVersion)
        .Text(nameof(AllocationStubBody.TaskGroup), static named => named.View.Group)
        .Text(nameof(AllocationStubBody.DesiredStatus), static named => named.View.DesiredStatus)
        .Text(nameof(AllocationStubBody.ClientStatus), static named => named.View.ClientStatus)
        .Text(nameof(AllocationStubBody.DeploymentID), static named => named.View.DeploymentId ?? "");

    public IFilterField<NamedAllocation>? Find(ReadOnlySpan<string> selector) =>
        OfViews.Find(selector) ?? (OfStubs.Find(selector) is { } field ? new StubField(shape, field) : null);

    public FilterKind? KindOf(ReadOnlySpan<string> selector) => Find(selector)?.Kind;

    public FilterValue ValueOf(NamedAllocation item, ReadOnlySpan<string> selector) =>
        OfViews.KindOf(selector) is not null
            ? OfViews.ValueOf(item, selector)
            : OfStubs.ValueOf(shape.StubOf(item.View, item.Names), selector);

    private sealed class StubField(AllocationShape shape, IFilterField<AllocationStubBody> inner) : IFilterField<NamedAllocation>
    {
        public FilterKind Kind => inner.Kind;

        public bool Any(NamedAllocation item, FilterTest test) => inner.Any(shape.StubOf(item.View, item.Names), test);
    }
}

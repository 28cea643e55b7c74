using Saas.Discovery.Model;

namespace Saas.Discovery.Filter.Fields;

/// <summary>
/// Of <c>health/service</c>, <c>health/connect</c> and <c>health/ingress</c>. A field of <c>Checks</c> is that of any
/// check: <c>Checks.Status != passing</c> means that some check is not passing, and holds for no instance without checks.
/// </summary>
public static class CheckServiceNodeFields
{
    public static readonly IFilterFields<CheckServiceNode> Instance = new FilterFields<CheckServiceNode>()
        .Record("Node", static item => item.Node, NodeFields.Instance)
        .Record("Service", static item => item.Service, ServiceFields.Instance)
        .Records("Checks", static item => item.Checks, CheckFields.Instance);
}

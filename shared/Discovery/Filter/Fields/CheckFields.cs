using Saas.Discovery.Model;

namespace Saas.Discovery.Filter.Fields;

/// <summary>Of <c>health/node</c>, <c>health/checks</c>, <c>health/state</c> and <c>agent/checks</c>.</summary>
public static class CheckFields
{
    public static readonly IFilterFields<HealthCheck> Instance = new FilterFields<HealthCheck>()
        .Text("Node", static check => check.Node)
        .Text("CheckID", static check => check.CheckID)
        .Text("Name", static check => check.Name)
        .Text("Status", static check => check.Status)
        .Text("Notes", static check => check.Notes)
        .Text("Output", static check => check.Output)
        .Text("ServiceID", static check => check.ServiceID)
        .Text("ServiceName", static check => check.ServiceName)
        .List("ServiceTags", static check => check.ServiceTags)
        .Text("Type", static check => check.Type)
        .Text("Interval", static check => check.Interval)
        .Text("Timeout", static check => check.Timeout)
        .Number("ExposedPort", static check => check.ExposedPort);
}

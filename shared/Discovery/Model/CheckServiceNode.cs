namespace Saas.Discovery.Model;

/// <summary>An instance of a service with its node and the checks of both: an element of <c>health/service</c>.</summary>
public sealed record CheckServiceNode(Node Node, ServiceInstance Service, IReadOnlyList<HealthCheck> Checks)
{
    /// <summary>The worst of its checks: <see cref="HealthStatus.Passing"/> where it has none.</summary>
    public string Status()
    {
        var worst = HealthStatus.Passing;
        foreach (var check in Checks)
        {
            if (HealthStatus.Severity(check.Status) > HealthStatus.Severity(worst))
            {
                worst = check.Status;
            }
        }

        return worst;
    }
}

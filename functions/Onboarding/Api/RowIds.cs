using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

namespace Saas.Onboarding.Api;

internal static class RowIds
{
    /// <summary>An id from the route, before it becomes part of a row key: whatever is no id names nothing.</summary>
    /// <exception cref="ProblemException">404.</exception>
    public static string RouteId(this ApiRequest request, string name, string prefix, string what) =>
        EntityId.IsValid(prefix, request.Route(name))
            ? request.Route(name)
            : throw new ProblemException(Problem.NotFound(what));
}

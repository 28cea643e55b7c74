using FluentValidation;
using FluentValidation.Results;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;

namespace Saas.Provisioning.Agents;

/// <summary>
/// The agents' channel. An agent acts on its own node only: which node that is comes from its credential, never from
/// what it sends.
/// </summary>
internal static class AgentRequests
{
    /// <summary>Only an agent holds an action of this kind, and only on its own node.</summary>
    public static RouteAccess Own(string verb) =>
        RouteAccess.Requires(Authorizer.AgentActions + verb, request => ResourceNames.Node(request.Principal.Id));

    public static IRoute MapAgent(this IRouteTable routes, string method, string path, string verb, RouteHandler handler) =>
        routes.Map(method, path, Own(verb), handler).Unmetered();
}

/// <summary>Faults of a document that is checked by hand, because it comes from every node every few seconds.</summary>
internal static class AgentFaults
{
    public static IValidator<T> Validator<T>(Func<T, IEnumerable<FieldError>> faultsOf) => new HandWritten<T>(faultsOf);

    private sealed class HandWritten<T>(Func<T, IEnumerable<FieldError>> faultsOf) : AbstractValidator<T>
    {
        protected override bool PreValidate(ValidationContext<T> context, ValidationResult result)
        {
            result.Errors.AddRange(faultsOf(context.InstanceToValidate).Select(fault => new ValidationFailure(fault.Field, fault.Message)));
            return false;
        }
    }
}

using System.Text.Json;
using Saas.Identity.Access;
using Saas.Registry.Consul;
using Saas.Registry.Log;

namespace Saas.Registry.Txn;

/// <summary>One operation of a transaction, checked as far as that goes without the state.</summary>
internal abstract class TxnOp
{
    public abstract bool IsWrite { get; }

    /// <summary>What is to be found wrong before any operation runs; null: nothing.</summary>
    public virtual string? RefusalBefore(Draft draft) => null;

    /// <summary>Does it, on a draft with the operations before it done.</summary>
    /// <exception cref="TxnOpException">It cannot be: what the answer says of it.</exception>
    public abstract IEnumerable<TxnResult> Run(Draft draft);
}

/// <summary>Writes one element of an answer's Results.</summary>
internal delegate void TxnResult(Utf8JsonWriter json);

/// <summary>An operation that cannot be done, in Consul's words.</summary>
internal sealed class TxnOpException(string message) : Exception(message);

/// <summary>What a caller may.</summary>
internal sealed class TxnAccess(ConsulRequest request)
{
    private readonly Authorizer _authorizer = request.Service<Authorizer>();

    public string Datacenter => request.Domain.Datacenter;

    public ConsulRequest Request => request;

    public bool Allows(string action, string resource) =>
        _authorizer.Decide(request.Api.Principal, action, request.Domain.ResourcePrefix + resource).IsAllowed;

    /// <exception cref="RegistryException">403: of the whole transaction.</exception>
    public void Demand(string action, string resource)
    {
        if (!Allows(action, resource))
        {
            throw Denied(action, resource);
        }
    }

    /// <summary>Either of them is enough.</summary>
    public void Demand(string action, string resource, string other)
    {
        if (!Allows(action, resource) && !Allows(action, other))
        {
            throw Denied(action, resource);
        }
    }

    private static RegistryException Denied(string action, string resource) =>
        RegistryException.Forbidden($"Permission denied: token lacks permission '{action}' on \"{resource}\"");
}

using Saas.Discovery.Model;
using Saas.Discovery.Wire;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Txn;

/// <summary>
/// An operation on something of the catalog. All three kinds have the same verbs; <c>cas</c> with index 0 is for what is
/// not there yet. What a caller needs a right to may follow from the state, so it is decided there.
/// </summary>
/// <param name="verb">As it came.</param>
/// <param name="index">What the client saw as the ModifyIndex.</param>
internal abstract class CatalogOp(string verb, ulong index) : TxnOp
{
    private const string ReadAction = "catalog:read";
    private const string WriteAction = "catalog:write";

    public override bool IsWrite => verb != "get";

    protected string Action => IsWrite ? WriteAction : ReadAction;

    /// <summary>Of the thing in the state; null: it is not there.</summary>
    protected abstract ulong? IndexIn(RegistryState state);

    protected abstract void Demand(RegistryState state);

    protected abstract void Set(Draft draft);

    protected abstract void Delete(Draft draft);

    protected abstract TxnResult Result(RegistryState state);

    /// <summary><c>service "web" on node "n1"</c></summary>
    protected abstract string What { get; }

    /// <summary><c>Service</c></summary>
    protected abstract string Kind { get; }

    public override IEnumerable<TxnResult> Run(Draft draft)
    {
        Demand(draft.State);
        var present = IndexIn(draft.State);
        switch (verb)
        {
            case "get" when present is null:
                throw new TxnOpException($"{What} doesn't exist");
            case "cas" when (present ?? 0) != index:
                throw new TxnOpException($"failed to set {What}, index is stale");
            case "delete-cas" when present is null || present != index:
                throw new TxnOpException($"failed to delete {What}, index is stale");
            case "set" or "cas":
                Set(draft);
                return [Result(draft.State)];
            case "get":
                return [Result(draft.State)];
            case "delete" or "delete-cas":
                Delete(draft);
                return [];
            default:
                throw new TxnOpException($"unknown {Kind} verb \"{(verb.Length > 64 ? verb[..64] : verb)}\"");
        }
    }

    protected static Discovery.Catalog.NodeEntry NodeOf(RegistryState state, string node) =>
        state.Catalog.FindNode(node) ?? throw new TxnOpException("Missing node registration");

    protected static void RefuseOwn(string node)
    {
        if (string.Equals(node, RegistryState.OwnNode, StringComparison.OrdinalIgnoreCase))
        {
            throw new TxnOpException($"Node {RegistryState.OwnNode} is the registry's own: it cannot be changed");
        }
    }
}

internal sealed class NodeOp(NodeOpBody body, TxnAccess access) : CatalogOp(body.Verb ?? "", body.Node?.ModifyIndex ?? 0)
{
    private readonly TxnNodeBody _node = body.Node ?? new TxnNodeBody();

    protected override string Kind => "Node";

    protected override string What => $"node \"{_node.Node}\"";

    protected override ulong? IndexIn(RegistryState state) => Found(state)?.ModifyIndex;

    protected override void Demand(RegistryState state)
    {
        access.Demand(Action, "node/" + (_node.Node is { Length: > 0 } name ? name : Found(state)?.Name));
        if (Found(state) is { } found)
        {
            access.Demand(Action, "node/" + found.Name);
        }
    }

    protected override void Set(Draft draft)
    {
        var registered = Registration.Of(new RegistrationBody
        {
            ID = _node.ID,
            Node = _node.Node,
            Address = _node.Address,
            TaggedAddresses = _node.TaggedAddresses,
            NodeMeta = _node.Meta,
            SkipNodeUpdate = true,
        }).Node;
        NodeRules.RefuseClash(draft.State.Catalog, registered);
        draft.PutNode(registered);
        NodeRules.RefuseTooMuch(draft.State.Catalog, registered.Name);
    }

    protected override void Delete(Draft draft)
    {
        RefuseOwn(_node.Node ?? "");
        draft.RemoveNode(_node.Node ?? "");
    }

    protected override TxnResult Result(RegistryState state)
    {
        var node = Found(state)!;
        return json =>
        {
            json.WritePropertyName("Node"u8);
            NodeJson.Write(json, node, access.Datacenter);
        };
    }

    private Node? Found(RegistryState state) =>
        (_node.ID is { Length: > 0 } id && body.Verb is "get" or "set" ? state.Catalog.FindNodeById(id ?? "") : state.Catalog.FindNode(_node.Node ?? ""))?.Node;
}

internal sealed class ServiceOp(ServiceOpBody body, TxnAccess access) : CatalogOp(body.Verb ?? "", body.Service?.ModifyIndex ?? 0)
{
    private readonly ServiceBody _service = body.Service ?? new ServiceBody();

    protected override string Kind => "Service";

    protected override string What => $"service \"{Id}\" on node \"{Node}\"";

    private string Node => body.Node ?? "";

    private string Id => _service.ID is { Length: > 0 } id ? id : _service.Service ?? "";

    protected override ulong? IndexIn(RegistryState state) => Found(state)?.ModifyIndex;

    /// <summary>To what the service is called, and to what it was; or to its node.</summary>
    protected override void Demand(RegistryState state)
    {
        var found = Found(state);
        if (IsWrite && _service.Service is { Length: > 0 } name)
        {
            access.Demand(Action, "service/" + name, "node/" + Node);
        }

        access.Demand(Action, "service/" + (found?.Name ?? _service.Service), "node/" + Node);
    }

    protected override void Set(Draft draft)
    {
        var node = NodeOf(draft.State, Node).Node.Name;
        draft.PutService(node, Registration.Of(new RegistrationBody { Node = node, SkipNodeUpdate = true, Service = _service }).Service!);
        NodeRules.RefuseTooMuch(draft.State.Catalog, node);
    }

    protected override void Delete(Draft draft) => draft.RemoveService(Node, Id);

    protected override TxnResult Result(RegistryState state)
    {
        var service = Found(state)!;
        return json =>
        {
            json.WritePropertyName("Service"u8);
            ServiceJson.Write(json, service);
        };
    }

    private ServiceInstance? Found(RegistryState state) => state.Catalog.FindNode(Node)?.Services.GetValueOrDefault(Id);
}

internal sealed class CheckOp(CheckOpBody body, TxnAccess access) : CatalogOp(body.Verb ?? "", body.Check?.ModifyIndex ?? 0)
{
    private readonly CheckBody _check = body.Check ?? new CheckBody();

    protected override string Kind => "Check";

    protected override string What => $"check \"{Id}\" on node \"{Node}\"";

    private string Node => _check.Node ?? "";

    private string Id => _check.CheckID is { Length: > 0 } id ? id : _check.Name ?? "";

    protected override ulong? IndexIn(RegistryState state) => Found(state)?.ModifyIndex;

    /// <summary>To the node, or to the service whose check it is, and was.</summary>
    protected override void Demand(RegistryState state)
    {
        var services = state.Catalog.FindNode(Node)?.Services;
        foreach (var id in (string?[])[IsWrite ? _check.ServiceID : null, Found(state)?.ServiceID])
        {
            if (id is { Length: > 0 } && services?.GetValueOrDefault(id) is { } service)
            {
                access.Demand(Action, "service/" + service.Name, "node/" + Node);
            }
            else if (id is not null)
            {
                access.Demand(Action, "node/" + Node);
            }
        }

        if (Found(state) is null && _check.ServiceID is not { Length: > 0 })
        {
            access.Demand(Action, "node/" + Node);
        }
    }

    protected override void Set(Draft draft)
    {
        RefuseOwn(Node);
        var node = NodeOf(draft.State, Node);
        if (_check.ServiceID is { Length: > 0 } service && !node.Services.ContainsKey(service))
        {
            throw new TxnOpException("Missing service registration");
        }

        draft.PutCheck(RegisteredCheck.Of(_check, node.Node.Name));
        NodeRules.RefuseTooMuch(draft.State.Catalog, node.Node.Name);
    }

    protected override void Delete(Draft draft)
    {
        RefuseOwn(Node);
        draft.RemoveCheck(Node, Id);
    }

    protected override TxnResult Result(RegistryState state)
    {
        var check = Found(state)!;
        return json =>
        {
            json.WritePropertyName("Check"u8);
            HealthJson.WriteCheck(json, check);
        };
    }

    private HealthCheck? Found(RegistryState state) => state.Catalog.FindNode(Node)?.Checks.GetValueOrDefault(Id);
}

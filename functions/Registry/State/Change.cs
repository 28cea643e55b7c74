using System.Text.Json.Serialization;

namespace Saas.Registry.State;

/// <summary>
/// One thing that a command did, as it stands in the log: what came of it, not what was asked, so that replaying a log
/// needs no rule that may have changed since. Applying a change that is done already gives the very same state.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(NodePut), "node")]
[JsonDerivedType(typeof(NodeRemoved), "node-")]
[JsonDerivedType(typeof(ServicePut), "service")]
[JsonDerivedType(typeof(ServiceRemoved), "service-")]
[JsonDerivedType(typeof(CheckPut), "check")]
[JsonDerivedType(typeof(CheckRemoved), "check-")]
[JsonDerivedType(typeof(AgentRecorded), "agent")]
[JsonDerivedType(typeof(KvPut), "kv")]
[JsonDerivedType(typeof(KvRemoved), "kv-")]
[JsonDerivedType(typeof(KvTreeRemoved), "kv-tree-")]
[JsonDerivedType(typeof(SessionBegun), "session")]
[JsonDerivedType(typeof(SessionsEnded), "session-")]
[JsonDerivedType(typeof(LeaseBegun), "lease")]
[JsonDerivedType(typeof(LeaseEnded), "lease-")]
[JsonDerivedType(typeof(CoordinatePut), "coordinate")]
[JsonDerivedType(typeof(CoordinateRemoved), "coordinate-")]
[JsonDerivedType(typeof(EventFired), "event")]
[JsonDerivedType(typeof(IntentionPut), "intention")]
[JsonDerivedType(typeof(IntentionRemoved), "intention-")]
[JsonDerivedType(typeof(QueryPut), "query")]
[JsonDerivedType(typeof(QueryRemoved), "query-")]
internal abstract record Change
{
    /// <param name="index">Of the command: what it changes gets it as its ModifyIndex, and as its CreateIndex what is new.</param>
    /// <param name="touched">Takes the topics whose answers change.</param>
    public abstract RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched);
}

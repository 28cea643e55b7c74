using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Agents;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Client;
using Saas.Provisioning.Deployments;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Events;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Jobs.Dispatch;
using Saas.Provisioning.Jobs.Planning;
using Saas.Provisioning.Jobs.Scaling;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Jobs.Versions;
using Saas.Provisioning.Namespaces;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nodes.Pools;
using Saas.Provisioning.Operator;
using Saas.Provisioning.Quotas;
using Saas.Provisioning.Search;
using Saas.Provisioning.Status;

namespace Saas.Provisioning;

/// <summary>The wire types of this app: Nomad's names as in the C# types, and null where Nomad says null.</summary>
[JsonSerializable(typeof(RegisterJobRequest))]
[JsonSerializable(typeof(RegisterJobResponse))]
[JsonSerializable(typeof(DeregisterJobResponse))]
[JsonSerializable(typeof(JobSubmissionBody))]
[JsonSerializable(typeof(JobVersionsResponse))]
[JsonSerializable(typeof(PlanJobRequest))]
[JsonSerializable(typeof(PlanJobResponse))]
[JsonSerializable(typeof(RevertJobRequest))]
[JsonSerializable(typeof(StableJobRequest))]
[JsonSerializable(typeof(StableJobResponse))]
[JsonSerializable(typeof(TagVersionRequest))]
[JsonSerializable(typeof(TagVersionResponse))]
[JsonSerializable(typeof(JobVersionTagBody))]
[JsonSerializable(typeof(ScaleJobRequest))]
[JsonSerializable(typeof(JobScaleStatus))]
[JsonSerializable(typeof(EvaluateJobRequest))]
[JsonSerializable(typeof(ForcePeriodicResponse))]
[JsonSerializable(typeof(ValidateJobRequest))]
[JsonSerializable(typeof(ValidateJobResponse))]
[JsonSerializable(typeof(ParseJobRequest))]
[JsonSerializable(typeof(DispatchJobRequest))]
[JsonSerializable(typeof(DispatchJobResponse))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobSummary))]
[JsonSerializable(typeof(IReadOnlyList<JobListStub>))]
[JsonSerializable(typeof(IReadOnlyList<JobStatusBody>))]
[JsonSerializable(typeof(JobStatusesRequest))]
[JsonSerializable(typeof(AllocationBody))]
[JsonSerializable(typeof(IReadOnlyList<AllocationBody>))]
[JsonSerializable(typeof(IReadOnlyList<AllocationStubBody>))]
[JsonSerializable(typeof(StopAllocationResponse))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(EvaluationBody))]
[JsonSerializable(typeof(IReadOnlyList<EvaluationBody>))]
[JsonSerializable(typeof(EvaluationCountBody))]
[JsonSerializable(typeof(DeleteEvaluationsRequest))]
[JsonSerializable(typeof(NodeBody))]
[JsonSerializable(typeof(IReadOnlyList<NodeStubBody>))]
[JsonSerializable(typeof(NodeUpdateBody))]
[JsonSerializable(typeof(DrainNodeRequest))]
[JsonSerializable(typeof(NodeEligibilityRequest))]
[JsonSerializable(typeof(NodePoolBody))]
[JsonSerializable(typeof(IReadOnlyList<NodePoolBody>))]
[JsonSerializable(typeof(NodePoolRequest))]
[JsonSerializable(typeof(NamespaceBody))]
[JsonSerializable(typeof(IReadOnlyList<NamespaceBody>))]
[JsonSerializable(typeof(QuotaSpecBody))]
[JsonSerializable(typeof(IReadOnlyList<QuotaSpecBody>))]
[JsonSerializable(typeof(QuotaUsageBody))]
[JsonSerializable(typeof(IReadOnlyList<QuotaUsageBody>))]
[JsonSerializable(typeof(QuotaRequest))]
[JsonSerializable(typeof(SchedulerConfigurationBody))]
[JsonSerializable(typeof(SchedulerConfigurationResponse))]
[JsonSerializable(typeof(SchedulerUpdateResponse))]
[JsonSerializable(typeof(AgentSelfBody))]
[JsonSerializable(typeof(ServerMembersBody))]
[JsonSerializable(typeof(AgentHealthBody))]
[JsonSerializable(typeof(AclTokenBody))]
[JsonSerializable(typeof(JobEventBody))]
[JsonSerializable(typeof(EvaluationEventBody))]
[JsonSerializable(typeof(DeploymentEventBody))]
[JsonSerializable(typeof(AllocationEventBody))]
[JsonSerializable(typeof(NodeEventStreamBody))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchResponse))]
[JsonSerializable(typeof(FuzzySearchRequest))]
[JsonSerializable(typeof(FuzzySearchResponse))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(DeploymentBody))]
[JsonSerializable(typeof(IReadOnlyList<DeploymentBody>))]
[JsonSerializable(typeof(DeploymentUpdateResponse))]
[JsonSerializable(typeof(PromoteDeploymentRequest))]
[JsonSerializable(typeof(PauseDeploymentRequest))]
[JsonSerializable(typeof(UnblockDeploymentRequest))]
[JsonSerializable(typeof(SetAllocationHealthRequest))]
[JsonSerializable(typeof(RestartAllocationRequest))]
[JsonSerializable(typeof(SignalAllocationRequest))]
[JsonSerializable(typeof(GenericResponse))]
[JsonSerializable(typeof(ReportOutcome))]
[JsonSerializable(typeof(UsageOutcome))]
internal sealed partial class ProvisioningJson : JsonSerializerContext
{
    /// <summary>For what clients send: unknown and repeated members are refused.</summary>
    public static ProvisioningJson Strict { get; } = new(StrictJson.Over(new JsonSerializerOptions()));

    /// <summary>The agents' channel: camelCase.</summary>
    public static ProvisioningJson Agents { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });
}

using System.Text.Json.Serialization;

namespace Saas.Cluster;

/// <summary>Rows and messages of this library, as stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(EvaluationRecord))]
[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(NodePoolRecord))]
[JsonSerializable(typeof(HeartbeatRecord))]
[JsonSerializable(typeof(AllocationRecord))]
[JsonSerializable(typeof(InboxMessage))]
[JsonSerializable(typeof(DeploymentRecord))]
[JsonSerializable(typeof(SchedulerSettings))]
[JsonSerializable(typeof(Periodic.PeriodicLaunchRecord))]
[JsonSerializable(typeof(ProjectQuota))]
[JsonSerializable(typeof(UsageMessage))]
[JsonSerializable(typeof(Jobs.DispatchToken))]
[JsonSerializable(typeof(Trials.PlanTrial))]
[JsonSerializable(typeof(Jobs.JobSubmission))]
[JsonSerializable(typeof(Jobs.ScalingEvents))]
[JsonSerializable(typeof(Sessions.SessionRecord))]
[JsonSerializable(typeof(Sessions.SessionProgress))]
[JsonSerializable(typeof(Sessions.SessionTaken))]
public sealed partial class ClusterJson : JsonSerializerContext;

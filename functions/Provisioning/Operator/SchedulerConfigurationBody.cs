using Saas.Cluster;
using Saas.Hosting.Problems;

namespace Saas.Provisioning.Operator;

/// <summary>Nomad's SchedulerConfigurationResponse.</summary>
internal sealed record SchedulerConfigurationResponse(SchedulerConfigurationBody SchedulerConfig);

/// <param name="Updated">Whether a check-and-set was written; false without one.</param>
internal sealed record SchedulerUpdateResponse(bool Updated, long Index);

/// <summary>Nomad's SchedulerConfiguration.</summary>
internal sealed record SchedulerConfigurationBody
{
    /// <summary><c>binpack</c> or <c>spread</c>; null and empty: <c>binpack</c>.</summary>
    public string? SchedulerAlgorithm { get; init; }

    public PreemptionBody? PreemptionConfig { get; init; }
    public bool MemoryOversubscriptionEnabled { get; init; }

    /// <summary>Always false: policies say who may submit.</summary>
    public bool RejectJobRegistration { get; init; }

    /// <summary>Always false: the broker is the whole platform's.</summary>
    public bool PauseEvalBroker { get; init; }

    /// <summary>Always 0: all nodes are looked at.</summary>
    public long NodeLimitForFeasibilityChecks { get; init; }

    public long CreateIndex { get; init; }

    /// <summary>0: it was never set.</summary>
    public long ModifyIndex { get; init; }

    public static SchedulerConfigurationBody Of(SchedulerSettings settings) => new()
    {
        SchedulerAlgorithm = settings.Algorithm,
        PreemptionConfig = new PreemptionBody
        {
            SystemSchedulerEnabled = settings.PreemptForSystem,
            SysBatchSchedulerEnabled = settings.PreemptForSysBatch,
            BatchSchedulerEnabled = settings.PreemptForBatch,
            ServiceSchedulerEnabled = settings.PreemptForService,
        },
        MemoryOversubscriptionEnabled = settings.MemoryOversubscription,
        CreateIndex = Math.Min(1, settings.ModifyIndex),
        ModifyIndex = settings.ModifyIndex,
    };

    /// <summary>Null: none.</summary>
    public FieldError? FaultOf() =>
        SchedulerAlgorithm is not (null or "" or "binpack" or "spread") ? new(nameof(SchedulerAlgorithm), $"invalid scheduler algorithm: {SchedulerAlgorithm}")
        : RejectJobRegistration ? new(nameof(RejectJobRegistration), "RejectJobRegistration is not supported: policies say who may submit jobs")
        : PauseEvalBroker ? new(nameof(PauseEvalBroker), "PauseEvalBroker is not supported: the scheduler is not the tenant's alone")
        : NodeLimitForFeasibilityChecks != 0 ? new(nameof(NodeLimitForFeasibilityChecks), "NodeLimitForFeasibilityChecks is not supported: all nodes are looked at")
        : null;

    public SchedulerSettings ToSettings() => new()
    {
        Algorithm = SchedulerAlgorithm is { Length: > 0 } algorithm ? algorithm : "binpack",
        MemoryOversubscription = MemoryOversubscriptionEnabled,
        PreemptForSystem = PreemptionConfig?.SystemSchedulerEnabled ?? false,
        PreemptForSysBatch = PreemptionConfig?.SysBatchSchedulerEnabled ?? false,
        PreemptForService = PreemptionConfig?.ServiceSchedulerEnabled ?? false,
        PreemptForBatch = PreemptionConfig?.BatchSchedulerEnabled ?? false,
    };
}

/// <summary>Nomad's PreemptionConfig.</summary>
internal sealed record PreemptionBody
{
    public bool SystemSchedulerEnabled { get; init; }
    public bool SysBatchSchedulerEnabled { get; init; }
    public bool BatchSchedulerEnabled { get; init; }
    public bool ServiceSchedulerEnabled { get; init; }
}

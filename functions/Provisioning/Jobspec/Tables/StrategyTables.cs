using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>How allocations are updated, migrated, restarted, rescheduled, and what becomes of them without their node.</summary>
internal static class StrategyTables
{
    public static readonly BodySpec Update = new(
        Duration("stagger", "Stagger"),
        Whole("max_parallel", "MaxParallel"),
        Text("health_check", "HealthCheck"),
        Duration("min_healthy_time", "MinHealthyTime"),
        Duration("healthy_deadline", "HealthyDeadline"),
        Duration("progress_deadline", "ProgressDeadline"),
        Whole("canary", "Canary"),
        Flag("auto_revert", "AutoRevert"),
        Flag("auto_promote", "AutoPromote"));

    public static readonly BodySpec Migrate = new(
        Whole("max_parallel", "MaxParallel"),
        Text("health_check", "HealthCheck"),
        Duration("min_healthy_time", "MinHealthyTime"),
        Duration("healthy_deadline", "HealthyDeadline"));

    public static readonly BodySpec Restart = new(
        Duration("interval", "Interval"),
        Whole("attempts", "Attempts"),
        Duration("delay", "Delay"),
        Text("mode", "Mode"),
        Flag("render_templates", "RenderTemplates"));

    public static readonly BodySpec Reschedule = new(
        Whole("attempts", "Attempts"),
        Duration("interval", "Interval"),
        Duration("delay", "Delay"),
        Text("delay_function", "DelayFunction"),
        Duration("max_delay", "MaxDelay"),
        Flag("unlimited", "Unlimited"));

    public static readonly BodySpec Disconnect = new(
        Duration("lost_after", "LostAfter"),
        Duration("stop_on_client_after", "StopOnClientAfter"),
        Flag("replace", "Replace"),
        Text("reconcile", "Reconcile"));

    public static readonly BodySpec EphemeralDisk = new(
        Flag("sticky", "Sticky"),
        Flag("migrate", "Migrate"),
        Whole("size", "SizeMB"));
}

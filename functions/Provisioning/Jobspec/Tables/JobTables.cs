using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

internal static class JobTables
{
    private static readonly BodySpec Group = new(
        Whole("count", "Count"),
        Many("constraint", "Constraints", PlacementTables.Constraint),
        Many("affinity", "Affinities", PlacementTables.Affinity),
        Many("task", "Tasks", TaskTables.Task, label: "Name"),
        Many("spread", "Spreads", PlacementTables.Spread),
        ByLabel("volume", "Volumes", NetworkTables.Volume, label: "Name"),
        One("restart", "RestartPolicy", StrategyTables.Restart),
        One("disconnect", "Disconnect", StrategyTables.Disconnect),
        One("reschedule", "ReschedulePolicy", StrategyTables.Reschedule),
        One("ephemeral_disk", "EphemeralDisk", StrategyTables.EphemeralDisk),
        One("update", "Update", StrategyTables.Update),
        One("migrate", "Migrate", StrategyTables.Migrate),
        Many("network", "Networks", NetworkTables.Network),
        Texts("meta", "Meta"),
        Many("service", "Services", ServiceTables.Service),
        Duration("shutdown_delay", "ShutdownDelay"),
        Duration("max_run_duration", "MaxRunDuration"),
        Duration("stop_after_client_disconnect", "StopAfterClientDisconnect"),
        Duration("max_client_disconnect", "MaxClientDisconnect"),
        ScalingTables.OfGroup,
        One("consul", "Consul", TemplateTables.Consul),
        Flag("prevent_reschedule_on_lost", "PreventRescheduleOnLost"),

        // What a group says for all its tasks.
        One("vault", JobNormalization.OfTasks + "Vault", TemplateTables.Vault),
        Many("secret", JobNormalization.OfTasks + "Secrets", TemplateTables.Secret, label: "Name"))
    { HasTextAttributes = true };

    private static readonly BodySpec Periodic = new(
        Flag("enabled", "Enabled"),
        Text("cron", "Spec"),
        TextList("crons", "Specs"),
        Flag("prohibit_overlap", "ProhibitOverlap"),
        Text("time_zone", "TimeZone"))
    {
        Finish = periodic =>
        {
            if (periodic["Spec"] is not null || periodic["Specs"] is not null)
            {
                periodic["SpecType"] = "cron";
            }
        },
    };

    private static readonly BodySpec Parameterized = new(
        Text("payload", "Payload"),
        TextList("meta_required", "MetaRequired"),
        TextList("meta_optional", "MetaOptional"));

    private static readonly BodySpec Multiregion = new(
        One("strategy", "Strategy", new BodySpec(Whole("max_parallel", "MaxParallel"), Text("on_failure", "OnFailure"))),
        Many(
            "region",
            "Regions",
            new BodySpec(Whole("count", "Count"), TextList("datacenters", "Datacenters"), Text("node_pool", "NodePool"), Texts("meta", "Meta")),
            label: "Name"));

    private static readonly BodySpec Ui = new(
        Text("description", "Description"),
        Many("link", "Links", new BodySpec(Text("label", "Label"), Text("url", "URL"))));

    public static readonly BodySpec Job = new(
        Text("region", "Region"),
        Text("namespace", "Namespace"),
        Text("id", "ID"),
        Text("name", "Name"),
        Text("type", "Type"),
        Whole("priority", "Priority"),
        Flag("all_at_once", "AllAtOnce"),
        TextList("datacenters", "Datacenters"),
        Text("node_pool", "NodePool"),
        Many("constraint", "Constraints", PlacementTables.Constraint),
        Many("affinity", "Affinities", PlacementTables.Affinity),
        Many("group", "TaskGroups", Group, label: "Name"),
        One("update", "Update", StrategyTables.Update),
        One("multiregion", "Multiregion", Multiregion),
        Many("spread", "Spreads", PlacementTables.Spread),
        One("periodic", "Periodic", Periodic),
        One("parameterized", "ParameterizedJob", Parameterized),
        One("reschedule", "Reschedule", StrategyTables.Reschedule),
        One("migrate", "Migrate", StrategyTables.Migrate),
        Texts("meta", "Meta"),
        One("ui", "UI", Ui),

        // What a job says for all its tasks, and tasks that are a group of their own.
        One("vault", JobNormalization.OfTasks + "Vault", TemplateTables.Vault),
        Many("secret", JobNormalization.OfTasks + "Secrets", TemplateTables.Secret, label: "Name"),
        Many("task", JobNormalization.Alone, TaskTables.Task, label: "Name"))
    { HasTextAttributes = true };
}

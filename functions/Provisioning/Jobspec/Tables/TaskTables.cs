using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

internal static class TaskTables
{
    private static readonly BodySpec CsiPlugin = new(
        Text("id", "ID"),
        Text("type", "Type"),
        Text("mount_dir", "MountDir"),
        Text("stage_publish_base_dir", "StagePublishBaseDir"),
        Duration("health_timeout", "HealthTimeout"));

    private static readonly BodySpec Schedule = new(One("cron", "Cron", new BodySpec(
        Text("start", "Start"), Text("end", "End"), Text("timezone", "Timezone"))));

    public static readonly BodySpec Task = new(
        Text("driver", "Driver"),
        Text("user", "User"),
        One("lifecycle", "Lifecycle", new BodySpec(Required(Text("hook", "Hook")), Flag("sidecar", "Sidecar"))),
        Free("config", "Config"),
        Many("constraint", "Constraints", PlacementTables.Constraint),
        Many("affinity", "Affinities", PlacementTables.Affinity),
        Texts("env", "Env"),
        Many("service", "Services", ServiceTables.Service),
        One("resources", "Resources", ResourceTables.Resources),
        One("restart", "RestartPolicy", StrategyTables.Restart),
        Texts("meta", "Meta"),
        Duration("kill_timeout", "KillTimeout"),
        One("logs", "LogConfig", ResourceTables.Logs),
        Many("artifact", "Artifacts", TemplateTables.Artifact),
        One("vault", "Vault", TemplateTables.Vault),
        One("consul", "Consul", TemplateTables.Consul),
        Many("template", "Templates", TemplateTables.Template),
        One("dispatch_payload", "DispatchPayload", new BodySpec(Text("file", "File"))),
        Many("volume_mount", "VolumeMounts", NetworkTables.VolumeMount),
        One("csi_plugin", "CSIPluginConfig", CsiPlugin),
        Flag("leader", "Leader"),
        Duration("shutdown_delay", "ShutdownDelay"),
        Text("kill_signal", "KillSignal"),
        Text("kind", "Kind"),
        ScalingTables.OfTask,
        Many("secret", "Secrets", TemplateTables.Secret, label: "Name"),
        Many("identity", "Identities", ResourceTables.Identity),
        Many("action", "Actions", new BodySpec(Required(Text("command", "Command")), TextList("args", "Args")), label: "Name"),
        One("schedule", "Schedule", Schedule))
    { HasTextAttributes = true };
}

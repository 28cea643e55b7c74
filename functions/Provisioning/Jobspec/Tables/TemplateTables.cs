using System.Text.Json.Nodes;
using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>What a task is given before it starts: files, secrets, and the ways to them. Defaults that Nomad's reading of a file sets are set.</summary>
internal static class TemplateTables
{
    private const long FiveSeconds = 5_000_000_000;

    public static readonly BodySpec Artifact = new(
        Text("source", "GetterSource"),
        Texts("options", "GetterOptions"),
        Texts("headers", "GetterHeaders"),
        Text("mode", "GetterMode"),
        Flag("insecure", "GetterInsecure"),
        Text("destination", "RelativeDest"),
        Flag("chown", "Chown"));

    public static readonly BodySpec Vault = new(
        TextList("policies", "Policies"),
        Text("role", "Role"),
        Text("namespace", "Namespace"),
        Text("cluster", "Cluster"),
        Flag("env", "Env"),
        Flag("disable_file", "DisableFile"),
        Text("change_mode", "ChangeMode"),
        Text("change_signal", "ChangeSignal"),
        Flag("allow_token_expiration", "AllowTokenExpiration"))
    {
        Finish = vault =>
        {
            vault["Env"] ??= true;
            vault["DisableFile"] ??= false;
            vault["ChangeMode"] ??= "restart";
        },
    };

    public static readonly BodySpec Consul = new(
        Text("namespace", "Namespace"),
        Text("cluster", "Cluster"),
        Text("partition", "Partition"));

    public static readonly BodySpec Secret = new(
        Text("provider", "Provider"),
        Text("path", "Path"),
        Free("config", "Config"),
        Texts("env", "Env"));

    private static readonly BodySpec ChangeScript = new(
        Required(Text("command", "Command")),
        TextList("args", "Args"),
        Duration("timeout", "Timeout"),
        Flag("fail_on_error", "FailOnError"),
        Flag("run_on_first_render", "RunOnFirstRender"))
    {
        Finish = script =>
        {
            script["Args"] ??= new JsonArray();
            script["Timeout"] ??= FiveSeconds;
            script["FailOnError"] ??= false;
            script["RunOnFirstRender"] ??= false;
        },
    };

    public static readonly BodySpec Template = new(
        Text("source", "SourcePath"),
        Text("destination", "DestPath"),
        Text("data", "EmbeddedTmpl"),
        Text("change_mode", "ChangeMode"),
        One("change_script", "ChangeScript", ChangeScript),
        Text("change_signal", "ChangeSignal"),
        Flag("once", "Once"),
        Duration("splay", "Splay"),
        Text("perms", "Perms"),
        Whole("uid", "Uid"),
        Whole("gid", "Gid"),
        Text("left_delimiter", "LeftDelim"),
        Text("right_delimiter", "RightDelim"),
        Flag("env", "Envvars"),
        Duration("vault_grace", "VaultGrace"),
        One("wait", "Wait", new BodySpec(Required(Duration("min", "Min")), Required(Duration("max", "Max")))),
        Flag("error_on_missing_key", "ErrMissingKey"))
    {
        Finish = template =>
        {
            template["ChangeMode"] ??= "restart";
            template["Perms"] ??= "0644";
            template["Splay"] ??= FiveSeconds;
            template["ErrMissingKey"] ??= false;
        },
    };
}

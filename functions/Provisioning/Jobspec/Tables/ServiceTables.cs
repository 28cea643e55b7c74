using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>Services and their checks.</summary>
internal static class ServiceTables
{
    private static readonly BodySpec CheckRestart = new(
        Whole("limit", "Limit"),
        Duration("grace", "Grace"),
        Flag("ignore_warnings", "IgnoreWarnings"));

    private static readonly BodySpec Check = new(
        Text("name", "Name"),
        Text("type", "Type"),
        Text("command", "Command"),
        TextList("args", "Args"),
        Text("path", "Path"),
        Text("protocol", "Protocol"),
        Text("port", "PortLabel"),
        Flag("expose", "Expose"),
        Text("address_mode", "AddressMode"),
        Text("advertise", "Advertise").Refused("a check's service says under which address it is reached."),
        Duration("interval", "Interval"),
        Duration("timeout", "Timeout"),
        Text("initial_status", "InitialStatus"),
        Text("notes", "Notes"),
        Text("tls_server_name", "TLSServerName"),
        Flag("tls_skip_verify", "TLSSkipVerify"),
        TextLists("header", "Header"),
        Text("method", "Method"),
        One("check_restart", "CheckRestart", CheckRestart),
        Text("grpc_service", "GRPCService"),
        Flag("grpc_use_tls", "GRPCUseTLS"),
        Text("task", "TaskName"),
        Whole("success_before_passing", "SuccessBeforePassing"),
        Whole("failures_before_critical", "FailuresBeforeCritical"),
        Whole("failures_before_warning", "FailuresBeforeWarning"),
        Text("body", "Body"),
        Text("on_update", "OnUpdate"));

    public static readonly BodySpec Service = new(
        Text("name", "Name"),
        TextList("tags", "Tags"),
        TextList("canary_tags", "CanaryTags"),
        Flag("enable_tag_override", "EnableTagOverride"),
        Text("port", "PortLabel"),
        Text("address_mode", "AddressMode"),
        Text("address", "Address"),
        Many("check", "Checks", Check),
        One("check_restart", "CheckRestart", CheckRestart),
        One("connect", "Connect", ConnectTables.Connect),
        Texts("meta", "Meta"),
        Texts("canary_meta", "CanaryMeta"),
        Texts("tagged_addresses", "TaggedAddresses"),
        Text("task", "TaskName"),
        Text("on_update", "OnUpdate"),
        One("identity", "Identity", ResourceTables.Identity),
        One("weights", "Weights", new BodySpec(Whole("passing", "Passing"), Whole("warning", "Warning"))),
        Text("provider", "Provider"),
        Text("cluster", "Cluster"),
        Text("kind", "Kind"));
}

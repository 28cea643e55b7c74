using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>Consul's service mesh. Jobs that have it are read here and refused with the reason when they are registered.</summary>
internal static class ConnectTables
{
    private const long MaxPort = 65535;

    private static readonly BodySpec Upstream = new(
        Text("destination_name", "DestinationName"),
        Text("destination_namespace", "DestinationNamespace"),
        Text("destination_peer", "DestinationPeer"),
        Text("destination_partition", "DestinationPartition"),
        Text("destination_type", "DestinationType"),
        Whole("local_bind_port", "LocalBindPort"),
        Text("datacenter", "Datacenter"),
        Text("local_bind_address", "LocalBindAddress"),
        Text("local_bind_socket_path", "LocalBindSocketPath"),
        Text("local_bind_socket_mode", "LocalBindSocketMode"),
        One("mesh_gateway", "MeshGateway", new BodySpec(Text("mode", "Mode"))),
        Free("config", "Config"));

    private static readonly BodySpec TransparentProxy = new(
        Text("uid", "UID"),
        Whole("outbound_port", "OutboundPort", 0, MaxPort),
        TextList("exclude_inbound_ports", "ExcludeInboundPorts"),
        WholeList("exclude_outbound_ports", "ExcludeOutboundPorts", 0, MaxPort),
        TextList("exclude_outbound_cidrs", "ExcludeOutboundCIDRs"),
        TextList("exclude_uids", "ExcludeUIDs"),
        Flag("no_dns", "NoDNS"));

    private static readonly BodySpec ExposedPath = new(
        Text("path", "Path"),
        Text("protocol", "Protocol"),
        Whole("local_path_port", "LocalPathPort"),
        Text("listener_port", "ListenerPort"));

    private static readonly BodySpec Proxy = new(
        Text("local_service_address", "LocalServiceAddress"),
        Whole("local_service_port", "LocalServicePort"),
        One("expose", "Expose", new BodySpec(Many("path", "Paths", ExposedPath))),
        Many("upstreams", "Upstreams", Upstream),
        One("transparent_proxy", "TransparentProxy", TransparentProxy),
        Free("config", "Config"));

    private static readonly BodySpec SidecarService = new(
        TextList("tags", "Tags"),
        Text("port", "Port"),
        One("proxy", "Proxy", Proxy),
        Flag("disable_default_tcp_check", "DisableDefaultTCPCheck"),
        Texts("meta", "Meta"));

    private static readonly BodySpec SidecarTask = new(
        Text("name", "Name"),
        Text("driver", "Driver"),
        Text("user", "User"),
        Free("config", "Config"),
        Texts("env", "Env"),
        One("resources", "Resources", ResourceTables.Resources),
        Texts("meta", "Meta"),
        Duration("kill_timeout", "KillTimeout"),
        One("logs", "LogConfig", ResourceTables.Logs),
        Duration("shutdown_delay", "ShutdownDelay"),
        Text("kill_signal", "KillSignal"),
        Many("volume_mount", "VolumeMounts", NetworkTables.VolumeMount),
        Many("identity", "Identities", ResourceTables.Identity));

    private static readonly BodySpec Tls = new(
        Flag("enabled", "Enabled"),
        Text("tls_min_version", "TLSMinVersion"),
        Text("tls_max_version", "TLSMaxVersion"),
        TextList("cipher_suites", "CipherSuites"),
        One("sds", "SDS", new BodySpec(Text("cluster_name", "ClusterName"), Text("cert_resource", "CertResource"))));

    private static readonly BodySpec Headers = new(Texts("add", "Add"), Texts("set", "Set"), TextList("remove", "Remove"));

    private static readonly BodySpec IngressService = new(
        Text("name", "Name"),
        TextList("hosts", "Hosts"),
        One("tls", "TLS", Tls),
        One("request_headers", "RequestHeaders", Headers),
        One("response_headers", "ResponseHeaders", Headers),
        Whole("max_connections", "MaxConnections", 0, uint.MaxValue),
        Whole("max_pending_requests", "MaxPendingRequests", 0, uint.MaxValue),
        Whole("max_concurrent_requests", "MaxConcurrentRequests", 0, uint.MaxValue));

    private static readonly BodySpec Ingress = new(
        One("tls", "TLS", Tls),
        Many("listener", "Listeners", new BodySpec(
            Whole("port", "Port"), Text("protocol", "Protocol"), Many("service", "Services", IngressService))));

    private static readonly BodySpec Terminating = new(Many("service", "Services", new BodySpec(
        Text("name", "Name"), Text("ca_file", "CAFile"), Text("cert_file", "CertFile"), Text("key_file", "KeyFile"), Text("sni", "SNI"))));

    private static readonly BodySpec GatewayProxy = new(
        Duration("connect_timeout", "ConnectTimeout"),
        Flag("envoy_gateway_bind_tagged_addresses", "EnvoyGatewayBindTaggedAddresses"),
        ByLabel("envoy_gateway_bind_addresses", "EnvoyGatewayBindAddresses", new BodySpec(Text("address", "Address"), Whole("port", "Port")), label: "Name"),
        Flag("envoy_gateway_no_default_bind", "EnvoyGatewayNoDefaultBind"),
        Text("envoy_dns_discovery_type", "EnvoyDNSDiscoveryType"),
        Free("config", "Config"));

    public static readonly BodySpec Connect = new(
        Flag("native", "Native"),
        One("sidecar_service", "SidecarService", SidecarService),
        One("sidecar_task", "SidecarTask", SidecarTask),
        One("gateway", "Gateway", new BodySpec(
            One("proxy", "Proxy", GatewayProxy), One("ingress", "Ingress", Ingress), One("terminating", "Terminating", Terminating), One("mesh", "Mesh", new BodySpec()))));
}

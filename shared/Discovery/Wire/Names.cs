using System.Text.Json;

namespace Saas.Discovery.Wire;

/// <summary>The members of Consul's shapes, encoded once.</summary>
internal static class Names
{
    public static readonly JsonEncodedText Address = Of("Address");
    public static readonly JsonEncodedText Checks = Of("Checks");
    public static readonly JsonEncodedText CheckID = Of("CheckID");
    public static readonly JsonEncodedText Connect = Of("Connect");
    public static readonly JsonEncodedText CreateIndex = Of("CreateIndex");
    public static readonly JsonEncodedText Datacenter = Of("Datacenter");
    public static readonly JsonEncodedText Definition = Of("Definition");
    public static readonly JsonEncodedText EnableTagOverride = Of("EnableTagOverride");
    public static readonly JsonEncodedText ExposedPort = Of("ExposedPort");
    public static readonly JsonEncodedText ID = Of("ID");
    public static readonly JsonEncodedText Interval = Of("Interval");
    public static readonly JsonEncodedText Kind = Of("Kind");
    public static readonly JsonEncodedText Meta = Of("Meta");
    public static readonly JsonEncodedText ModifyIndex = Of("ModifyIndex");
    public static readonly JsonEncodedText Name = Of("Name");
    public static readonly JsonEncodedText Node = Of("Node");
    public static readonly JsonEncodedText NodeMeta = Of("NodeMeta");
    public static readonly JsonEncodedText Notes = Of("Notes");
    public static readonly JsonEncodedText Output = Of("Output");
    public static readonly JsonEncodedText Passing = Of("Passing");
    public static readonly JsonEncodedText PeerName = Of("PeerName");
    public static readonly JsonEncodedText Port = Of("Port");
    public static readonly JsonEncodedText Proxy = Of("Proxy");
    public static readonly JsonEncodedText Service = Of("Service");
    public static readonly JsonEncodedText ServiceAddress = Of("ServiceAddress");
    public static readonly JsonEncodedText ServiceConnect = Of("ServiceConnect");
    public static readonly JsonEncodedText ServiceEnableTagOverride = Of("ServiceEnableTagOverride");
    public static readonly JsonEncodedText ServiceID = Of("ServiceID");
    public static readonly JsonEncodedText ServiceKind = Of("ServiceKind");
    public static readonly JsonEncodedText ServiceMeta = Of("ServiceMeta");
    public static readonly JsonEncodedText ServiceName = Of("ServiceName");
    public static readonly JsonEncodedText ServicePort = Of("ServicePort");
    public static readonly JsonEncodedText ServiceProxy = Of("ServiceProxy");
    public static readonly JsonEncodedText ServiceSocketPath = Of("ServiceSocketPath");
    public static readonly JsonEncodedText ServiceTaggedAddresses = Of("ServiceTaggedAddresses");
    public static readonly JsonEncodedText ServiceTags = Of("ServiceTags");
    public static readonly JsonEncodedText ServiceWeights = Of("ServiceWeights");
    public static readonly JsonEncodedText Services = Of("Services");
    public static readonly JsonEncodedText SocketPath = Of("SocketPath");
    public static readonly JsonEncodedText Status = Of("Status");
    public static readonly JsonEncodedText TaggedAddresses = Of("TaggedAddresses");
    public static readonly JsonEncodedText Tags = Of("Tags");
    public static readonly JsonEncodedText Timeout = Of("Timeout");
    public static readonly JsonEncodedText Type = Of("Type");
    public static readonly JsonEncodedText Warning = Of("Warning");
    public static readonly JsonEncodedText Weights = Of("Weights");

    private static JsonEncodedText Of(string name) => JsonEncodedText.Encode(name);
}

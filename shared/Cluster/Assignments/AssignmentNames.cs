using System.Text.Json;

namespace Saas.Cluster.Assignments;

/// <summary>Members of a stored document, encoded once.</summary>
internal static class AssignmentNames
{
    public static readonly JsonEncodedText Node = JsonEncodedText.Encode("node");
    public static readonly JsonEncodedText Index = JsonEncodedText.Encode("index");
    public static readonly JsonEncodedText Epoch = JsonEncodedText.Encode("epoch");
    public static readonly JsonEncodedText Amends = JsonEncodedText.Encode("amends");
    public static readonly JsonEncodedText Removed = JsonEncodedText.Encode("removed");
    public static readonly JsonEncodedText Groups = JsonEncodedText.Encode("groups");
    public static readonly JsonEncodedText Evaluations = JsonEncodedText.Encode("evaluations");
    public static readonly JsonEncodedText Allocations = JsonEncodedText.Encode("allocations");

    public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    public static readonly JsonEncodedText GroupAt = JsonEncodedText.Encode("g");
    public static readonly JsonEncodedText Slot = JsonEncodedText.Encode("i");
    public static readonly JsonEncodedText EvaluationAt = JsonEncodedText.Encode("e");
    public static readonly JsonEncodedText CreatedAt = JsonEncodedText.Encode("at");
    public static readonly JsonEncodedText Desired = JsonEncodedText.Encode("d");
    public static readonly JsonEncodedText Why = JsonEncodedText.Encode("why");
    public static readonly JsonEncodedText Previous = JsonEncodedText.Encode("prev");
    public static readonly JsonEncodedText Deployment = JsonEncodedText.Encode("deployment");
    public static readonly JsonEncodedText Canary = JsonEncodedText.Encode("canary");
    public static readonly JsonEncodedText Healthy = JsonEncodedText.Encode("healthy");
    public static readonly JsonEncodedText Ports = JsonEncodedText.Encode("ports");
    public static readonly JsonEncodedText Devices = JsonEncodedText.Encode("devices");
    public static readonly JsonEncodedText Follows = JsonEncodedText.Encode("follows");
    public static readonly JsonEncodedText Score = JsonEncodedText.Encode("score");

    public static readonly JsonEncodedText Label = JsonEncodedText.Encode("label");
    public static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
    public static readonly JsonEncodedText To = JsonEncodedText.Encode("to");
    public static readonly JsonEncodedText Network = JsonEncodedText.Encode("network");
    public static readonly JsonEncodedText Ip = JsonEncodedText.Encode("ip");

    public static readonly JsonEncodedText Task = JsonEncodedText.Encode("task");
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    public static readonly JsonEncodedText Vendor = JsonEncodedText.Encode("vendor");
    public static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    public static readonly JsonEncodedText Ids = JsonEncodedText.Encode("ids");

    /// <summary>The host network that is not written.</summary>
    public const string DefaultNetwork = "default";

    /// <summary>Whether the reader stands on the member.</summary>
    public static bool Is(this in Utf8JsonReader reader, JsonEncodedText name) => reader.ValueTextEquals(name.EncodedUtf8Bytes);
}

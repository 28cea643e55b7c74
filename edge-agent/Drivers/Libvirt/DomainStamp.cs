using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>How far a domain has come. Kept in its metadata, because libvirt forgets why a domain is shut off.</summary>
internal enum DomainPhase
{
    /// <summary>No guest instruction was ever executed: whatever is there may be started.</summary>
    Defined,

    /// <summary>The guest was let go, or is about to be: if the domain is shut off now, the workload has ended.</summary>
    Released,

    /// <summary>Seen shut off after it was released; how it ended stands beside.</summary>
    Ended,
}

/// <summary>
/// Our element in the domain's metadata: whose it is and how far it has come. It is read from the domain alone, so any
/// later agent knows as much as the one that wrote it.
/// </summary>
internal sealed record DomainStamp
{
    public const string Prefix = "saas";
    public const string NamespaceUri = "urn:saas:workload:1";

    private const string ElementName = "workload";

    public required string NodeId { get; init; }
    public required WorkloadId Workload { get; init; }
    public required DomainPhase Phase { get; init; }

    /// <summary>The file that takes the serial console.</summary>
    public required string ConsolePath { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the end was first seen: at or after the end itself.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public int? ExitCode { get; init; }
    public string? EndReason { get; init; }

    /// <summary>As it stands in the domain's definition.</summary>
    public void WriteTo(XmlWriter writer)
    {
        writer.WriteStartElement(Prefix, ElementName, NamespaceUri);
        WriteAttributes(writer);
        writer.WriteEndElement();
    }

    /// <summary>As libvirt takes and gives it on its own: without the namespace, which it adds itself.</summary>
    public string ToXml()
    {
        using var text = new StringWriter();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true }))
        {
            writer.WriteStartElement(ElementName);
            WriteAttributes(writer);
            writer.WriteEndElement();
        }

        return text.ToString();
    }

    /// <summary>Null for text that this driver did not write: such a domain is not ours.</summary>
    public static DomainStamp? Parse(string xml)
    {
        try
        {
            var element = XElement.Parse(xml);
            return element.Attribute("node") is { } node
                && element.Attribute("allocation") is { } allocation
                && element.Attribute("task") is { } task
                && element.Attribute("run") is { } run
                && element.Attribute("console") is { } console
                && Enum.TryParse<DomainPhase>((string?)element.Attribute("phase"), out var phase)
                ? new DomainStamp
                {
                    NodeId = node.Value,
                    Workload = new WorkloadId(allocation.Value, task.Value, (int)run),
                    Phase = phase,
                    ConsolePath = console.Value,
                    StartedAt = (DateTimeOffset?)element.Attribute("started"),
                    EndedAt = (DateTimeOffset?)element.Attribute("ended"),
                    ExitCode = (int?)element.Attribute("exit"),
                    EndReason = (string?)element.Attribute("reason"),
                }
                : null;
        }
        catch (Exception fault) when (fault is XmlException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private void WriteAttributes(XmlWriter writer)
    {
        writer.WriteAttributeString("node", NodeId);
        writer.WriteAttributeString("allocation", Workload.AllocationId);
        writer.WriteAttributeString("task", Workload.Task);
        writer.WriteAttributeString("run", XmlConvert.ToString(Workload.Run));
        writer.WriteAttributeString("phase", Phase.ToString());
        writer.WriteAttributeString("console", ConsolePath);
        WriteOptional(writer, "started", StartedAt?.ToString("O", CultureInfo.InvariantCulture));
        WriteOptional(writer, "ended", EndedAt?.ToString("O", CultureInfo.InvariantCulture));
        WriteOptional(writer, "exit", ExitCode?.ToString(CultureInfo.InvariantCulture));
        WriteOptional(writer, "reason", EndReason);
    }

    private static void WriteOptional(XmlWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteAttributeString(name, value);
        }
    }
}

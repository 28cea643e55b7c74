using System.Globalization;
using System.Xml;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// The domain's definition (https://libvirt.org/formatdomain.html). Whatever a tenant wrote passes through the XML writer's
/// escaping; nothing is pasted. The same machine gives the same text.
/// </summary>
internal static class DomainXml
{
    public static string Write(VirtualMachine machine, WorkloadDomainId id, DomainStamp stamp, HostPlatform host)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, NewLineChars = "\n" };
        using (var xml = XmlWriter.Create(text, settings))
        {
            xml.WriteStartElement("domain");
            xml.WriteAttributeString("type", host.DomainType);
            xml.WriteElementString("name", id.Name);
            xml.WriteElementString("uuid", id.Uuid.ToString());
            xml.WriteStartElement("metadata");
            stamp.WriteTo(xml);
            xml.WriteEndElement();
            WriteResources(xml, machine);
            WriteBoot(xml, machine, host);
            WriteLifecycle(xml);
            WriteDevices(xml, machine, stamp, host);
            xml.WriteEndElement();
        }

        return text.ToString();
    }

    private static void WriteResources(XmlWriter xml, VirtualMachine machine)
    {
        Element(xml, "memory", machine.MemoryMB.ToString(CultureInfo.InvariantCulture), ("unit", "MiB"));
        xml.WriteElementString("vcpu", machine.Vcpus.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteBoot(XmlWriter xml, VirtualMachine machine, HostPlatform host)
    {
        xml.WriteStartElement("os");
        Element(xml, "type", "hvm", ("arch", host.Arch), ("machine", host.Machine));
        if (machine.Boot is { } boot)
        {
            xml.WriteElementString("kernel", boot.Kernel);
            OptionalElement(xml, "initrd", boot.Initrd);
            OptionalElement(xml, "cmdline", boot.Cmdline);
        }

        xml.WriteEndElement();

        // The ACPI power button is how a guest is asked to stop.
        xml.WriteStartElement("features");
        Element(xml, "acpi");
        if (host.Arch == "x86_64")
        {
            Element(xml, "apic");
        }

        xml.WriteEndElement();

        // All that the CPU, or its emulation, can do: the guest is never moved to another machine.
        Element(xml, "cpu", null, ("mode", host.DomainType == "kvm" ? "host-passthrough" : "maximum"));
        Element(xml, "clock", null, ("offset", "utc"));
    }

    private static void WriteLifecycle(XmlWriter xml)
    {
        // A guest that powers off or panics has ended; whether it is started again is the agent's to decide.
        xml.WriteElementString("on_poweroff", "destroy");
        xml.WriteElementString("on_reboot", "restart");
        xml.WriteElementString("on_crash", "destroy");
    }

    private static void WriteDevices(XmlWriter xml, VirtualMachine machine, DomainStamp stamp, HostPlatform host)
    {
        xml.WriteStartElement("devices");
        for (var i = 0; i < machine.Disks.Count; i++)
        {
            WriteDisk(xml, machine.Disks[i], i, bootable: machine.Boot is null);
        }

        foreach (var network in machine.Networks)
        {
            WriteNetwork(xml, network);
        }

        WriteConsole(xml, stamp.ConsolePath);
        Element(xml, "controller", null, ("type", "usb"), ("model", "none"));
        xml.WriteStartElement("rng");
        xml.WriteAttributeString("model", "virtio");
        Element(xml, "backend", "/dev/urandom", ("model", "random"));
        xml.WriteEndElement();
        if (host.Arch == "x86_64")
        {
            // Tells libvirt of a guest kernel's panic, which on_crash then ends.
            Element(xml, "panic", null, ("model", "isa"));
        }

        xml.WriteEndElement();
    }

    private static void WriteDisk(XmlWriter xml, MachineDisk disk, int index, bool bootable)
    {
        xml.WriteStartElement("disk");
        xml.WriteAttributeString("type", disk.IsBlockDevice ? "block" : "file");
        xml.WriteAttributeString("device", "disk");
        Element(xml, "driver", null, ("name", "qemu"), ("type", disk.Format));
        Element(xml, "source", null, (disk.IsBlockDevice ? "dev" : "file", disk.Path));
        Element(xml, "target", null, ("dev", $"vd{(char)('a' + index)}"), ("bus", "virtio"));
        if (disk.ReadOnly)
        {
            Element(xml, "readonly");
        }

        if (bootable)
        {
            Element(xml, "boot", null, ("order", (index + 1).ToString(CultureInfo.InvariantCulture)));
        }

        xml.WriteEndElement();
    }

    private static void WriteNetwork(XmlWriter xml, MachineNetwork network)
    {
        var kind = network.IsBridge ? "bridge" : "network";
        xml.WriteStartElement("interface");
        xml.WriteAttributeString("type", kind);
        if (network.Mac is { } mac)
        {
            Element(xml, "mac", null, ("address", mac));
        }

        Element(xml, "source", null, (kind, network.Source));
        Element(xml, "model", null, ("type", "virtio"));
        xml.WriteEndElement();
    }

    /// <summary>To a file, by way of virtlogd: it opens the file as root, so the folders above may be closed, and it rotates.</summary>
    private static void WriteConsole(XmlWriter xml, string path)
    {
        xml.WriteStartElement("serial");
        xml.WriteAttributeString("type", "file");
        Element(xml, "source", null, ("path", path), ("append", "on"));
        xml.WriteEndElement();
    }

    private static void OptionalElement(XmlWriter xml, string name, string? text)
    {
        if (text is not null)
        {
            xml.WriteElementString(name, text);
        }
    }

    private static void Element(
        XmlWriter xml, string name, string? text = null, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(name);
        foreach (var (attribute, value) in attributes)
        {
            xml.WriteAttributeString(attribute, value);
        }

        if (text is not null)
        {
            xml.WriteString(text);
        }

        xml.WriteEndElement();
    }
}

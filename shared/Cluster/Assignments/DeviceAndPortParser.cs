using System.Text.Json;
using Saas.Contracts.Agents;
using Names = Saas.Cluster.Assignments.AssignmentNames;

namespace Saas.Cluster.Assignments;

/// <summary>What few allocations have: ports and devices.</summary>
internal static class DeviceAndPortParser
{
    public static List<AssignedPort> Ports(ref Utf8JsonReader reader)
    {
        var ports = new List<AssignedPort>();
        reader.Expect(JsonTokenType.StartArray);
        while (reader.ToElement(JsonTokenType.StartObject))
        {
            ports.Add(Port(ref reader));
        }

        return ports;
    }

    public static List<AssignedDevice> Devices(ref Utf8JsonReader reader)
    {
        var devices = new List<AssignedDevice>();
        reader.Expect(JsonTokenType.StartArray);
        while (reader.ToElement(JsonTokenType.StartObject))
        {
            devices.Add(Device(ref reader));
        }

        return devices;
    }

    private static AssignedPort Port(ref Utf8JsonReader reader)
    {
        string? label = null, network = null, ip = null;
        int? value = null, to = null;
        while (reader.ToMember())
        {
            if (reader.Is(Names.Label))
            {
                label = reader.ReadText();
            }
            else if (reader.Is(Names.Value))
            {
                value = reader.ReadInt();
            }
            else if (reader.Is(Names.To))
            {
                to = reader.ReadInt();
            }
            else if (reader.Is(Names.Network))
            {
                network = reader.ReadText();
            }
            else if (reader.Is(Names.Ip))
            {
                ip = reader.ReadText();
            }
            else
            {
                reader.SkipValue();
            }
        }

        return new AssignedPort(
            label ?? throw AssignmentParser.Missing(Names.Label),
            value ?? throw AssignmentParser.Missing(Names.Value),
            to ?? 0,
            network ?? Names.DefaultNetwork,
            ip ?? "");
    }

    private static AssignedDevice Device(ref Utf8JsonReader reader)
    {
        string? task = null, vendor = null, type = null, name = null;
        List<string>? ids = null;
        while (reader.ToMember())
        {
            if (reader.Is(Names.Task))
            {
                task = reader.ReadText();
            }
            else if (reader.Is(Names.Vendor))
            {
                vendor = reader.ReadText();
            }
            else if (reader.Is(Names.Type))
            {
                type = reader.ReadText();
            }
            else if (reader.Is(Names.Name))
            {
                name = reader.ReadText();
            }
            else if (reader.Is(Names.Ids))
            {
                ids = reader.ReadTexts();
            }
            else
            {
                reader.SkipValue();
            }
        }

        return new AssignedDevice(
            task ?? throw AssignmentParser.Missing(Names.Task),
            vendor ?? throw AssignmentParser.Missing(Names.Vendor),
            type ?? throw AssignmentParser.Missing(Names.Type),
            name ?? throw AssignmentParser.Missing(Names.Name),
            ids ?? throw AssignmentParser.Missing(Names.Ids));
    }
}

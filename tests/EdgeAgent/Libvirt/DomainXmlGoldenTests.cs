using System.Runtime.CompilerServices;
using System.Text.Json;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

/// <summary>
/// One folder per case under Golden: <c>input.json</c> and the definition it must give. To accept a change, run with
/// <c>SAAS_UPDATE_GOLDEN=1</c> and review the difference.
/// </summary>
public sealed class DomainXmlGoldenTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder()).Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_GoldenCase_GivesItsDefinition(string name)
    {
        var folder = Path.Combine(Folder(), name);
        var input = JsonSerializer.Deserialize<Input>(File.ReadAllText(Path.Combine(folder, "input.json")), Json)!;
        var workload = new WorkloadId("alloc_00000000000000000000000001", "web", 3);
        var stamp = new DomainStamp
        {
            NodeId = "node_1",
            Workload = workload,
            Phase = DomainPhase.Defined,
            ConsolePath = "/var/lib/saas/allocs/web/logs/console.log",
        };

        var xml = DomainXml.Write(input.Machine, WorkloadDomainId.Of("node_1", workload), stamp, input.Host) + "\n";

        var golden = Path.Combine(folder, "domain.xml");
        if (Environment.GetEnvironmentVariable("SAAS_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(golden, xml);
        }

        Assert.Equal(File.ReadAllText(golden), xml);
    }

    private static string Folder([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "Golden");

    private sealed record Input(HostPlatform Host, VirtualMachine Machine);
}

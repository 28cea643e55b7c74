using System.Text.Json.Nodes;

namespace Saas.Local.Demo;

/// <summary>The job of the demo: one VM and one process, or the process alone where there is no libvirt.</summary>
internal static class DemoJob
{
    public const string VmGroup = "vm";
    public const string ProcessGroup = "process";

    public static JsonObject Build(string jobId, VmImage? image)
    {
        var groups = new JsonArray();
        if (image is not null)
        {
            groups.Add(Group(VmGroup, "guest", "vm", new JsonObject
            {
                ["kernel"] = image.Kernel,
                ["initrd"] = image.Initrd,
                ["cmdline"] = "console=ttyS0 quiet",
            }, new JsonObject { ["Cores"] = 1, ["MemoryMB"] = 256 }));
        }

        groups.Add(Group(ProcessGroup, "ticker", "exec", new JsonObject
        {
            ["command"] = "/bin/sh",
            ["args"] = new JsonArray("-c", "while :; do echo \"tick from $NOMAD_ALLOC_ID\"; sleep 5; done"),
        }, new JsonObject { ["CPU"] = 100, ["MemoryMB"] = 64 }));

        return new JsonObject
        {
            ["Job"] = new JsonObject { ["ID"] = jobId, ["Name"] = "demo", ["Type"] = "service", ["TaskGroups"] = groups },
        };
    }

    private static JsonObject Group(string name, string task, string driver, JsonObject config, JsonObject resources) => new()
    {
        ["Name"] = name,
        ["Count"] = 1,
        ["Tasks"] = new JsonArray(new JsonObject
        {
            ["Name"] = task,
            ["Driver"] = driver,
            ["Config"] = config,
            ["Resources"] = resources,
        }),
    };
}

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Hosting.Modules;
using Saas.Hosting.Triggers;

namespace Saas.Hosting.CustomHandler;

/// <summary>
/// What the Functions host reads of an app: <c>host.json</c> and one <c>function.json</c> per function. Written at
/// publish from the module, read again at start.
/// <para>
/// The names of trigger bindings end in 128 random bits. The host forwards outside requests, with whatever path and
/// headers they came, to the port it posts invocations to; the binding name, which only the host and this app have on
/// disk and the host puts into every invocation it makes itself, is what tells the two apart.
/// </para>
/// </summary>
public static class FunctionFiles
{
    public const string FunctionFile = "function.json";
    public const string HostFile = "host.json";

    /// <summary>The app setting with the Service Bus connection; the host resolves it.</summary>
    public const string QueueConnectionSetting = "SAAS_SERVICEBUS";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Makes the folders; overwrites files of an earlier publish.</summary>
    /// <param name="executable">What the host starts, relative to <paramref name="folder"/>.</param>
    public static void Write(string folder, IModule module, string executable)
    {
        var triggers = TriggerTable.Of(module);
        Directory.CreateDirectory(folder);
        Save(Path.Combine(folder, HostFile), Host(executable));
        SaveFunction(folder, TriggerTable.HttpFunction,
            new JsonObject
            {
                ["type"] = "httpTrigger",
                ["direction"] = "in",
                ["name"] = "req",
                ["authLevel"] = "anonymous",
                ["route"] = "{*path}",
            },
            new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "res" });
        foreach (var queue in triggers.Queues)
        {
            SaveFunction(folder, queue.Function, new JsonObject
            {
                ["type"] = "serviceBusTrigger",
                ["direction"] = "in",
                ["name"] = NewBindingName("message"),
                ["queueName"] = queue.Queue,
                ["connection"] = QueueConnectionSetting,
                ["dataType"] = "binary",
            });
        }

        foreach (var timer in triggers.Timers)
        {
            SaveFunction(folder, timer.Function, new JsonObject
            {
                ["type"] = "timerTrigger",
                ["direction"] = "in",
                ["name"] = NewBindingName("timer"),
                ["schedule"] = timer.Schedule.Text,
            });
        }
    }

    /// <summary>
    /// The trigger binding's name by function, as published under <paramref name="folder"/>. A function that is not there
    /// is not known to the host either, so it is left out: nobody can invoke it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A file there is not ours.</exception>
    public static IReadOnlyDictionary<string, string> ReadBindingNames(string folder, TriggerTable triggers) =>
        triggers.Functions
            .Where(f => File.Exists(Path.Combine(folder, f, FunctionFile)))
            .ToDictionary(f => f, f => ReadBindingName(Path.Combine(folder, f, FunctionFile)), StringComparer.OrdinalIgnoreCase);

    private static string ReadBindingName(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.GetProperty("bindings")[0].GetProperty("name").GetString()!;
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{file} is not as --write-functions wrote it. Publish the app again.", e);
        }
    }

    private static string NewBindingName(string kind) => kind + RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static void SaveFunction(string folder, string function, params JsonNode[] bindings)
    {
        Directory.CreateDirectory(Path.Combine(folder, function));
        Save(Path.Combine(folder, function, FunctionFile), new JsonObject { ["bindings"] = new JsonArray(bindings) });
    }

    private static JsonObject Host(string executable) => new()
    {
        ["version"] = "2.0",
        ["functionTimeout"] = "00:05:00",
        ["extensionBundle"] = new JsonObject
        {
            ["id"] = "Microsoft.Azure.Functions.ExtensionBundle",
            ["version"] = "[4.*, 5.0.0)",
        },
        ["extensions"] = new JsonObject { ["http"] = new JsonObject { ["routePrefix"] = "" } },
        ["customHandler"] = new JsonObject
        {
            ["description"] = new JsonObject { ["defaultExecutablePath"] = executable },
            ["enableForwardingHttpRequest"] = true,
        },
    };

    private static void Save(string file, JsonObject json) => File.WriteAllText(file, json.ToJsonString(Indented) + "\n");
}

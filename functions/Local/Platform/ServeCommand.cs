using System.Text.Json;
using Saas.Keys.LocalFile;
using Saas.Local.Demo;

namespace Saas.Local.Platform;

/// <summary>Runs the platform for development until it is stopped; its data stay.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(DirectoryInfo data, int firstPort, bool json, CancellationToken ct)
    {
        try
        {
            await ServeAsync(data, firstPort, json, ct);
            return 0;
        }
        catch (KeyFileException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Another platform may be running: --port N moves the first port.");
            return 1;
        }
    }

    private static async Task ServeAsync(DirectoryInfo data, int firstPort, bool json, CancellationToken ct)
    {
        await using var platform = await LocalPlatform.StartAsync(data, firstPort, LogTarget.StandardError, ct);
        if (json)
        {
            var addresses = platform.Apps.ToDictionary(a => a.Key, a => a.Value.GetLeftPart(UriPartial.Authority));
            Console.Out.WriteLine(JsonSerializer.Serialize(
                new Dictionary<string, IReadOnlyDictionary<string, string>> { ["apps"] = addresses },
                DemoJson.Default.IReadOnlyDictionaryStringIReadOnlyDictionaryStringString));
        }
        else
        {
            foreach (var (app, address) in platform.Apps)
            {
                Console.Out.WriteLine($"{app,-13} {address.GetLeftPart(UriPartial.Authority)}");
            }
        }

        await platform.WaitAsync(ct);
    }
}

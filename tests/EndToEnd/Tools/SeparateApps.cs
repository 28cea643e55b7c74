namespace Saas.EndToEnd.Tests.Tools;

/// <summary>Every app and the scheduler as a process of its own over one store, as containers run them.</summary>
internal sealed class SeparateApps : IPlatform, IAsyncDisposable
{
    private readonly List<Child> _children = [];
    private readonly Dictionary<string, Uri> _apps = [];

    public IReadOnlyDictionary<string, Uri> Apps => _apps;

    public string Transcript => string.Join('\n', _children.Select(c => c.Transcript));

    public static async Task<SeparateApps> StartAsync(DirectoryInfo data)
    {
        data.Create();
        var platform = new SeparateApps();
        var port = FreePorts.Range(6);
        foreach (var name in (string[])["Onboarding", "Provisioning", "Encryption", "Registry", "Billing"])
        {
            platform._apps.Add(name.ToLowerInvariant(), platform.Launch(Programs.App(name), data, port++));
        }

        var scheduler = platform.Launch(Programs.Scheduler, data, port);
        using var http = new HttpClient();
        foreach (var address in platform._apps.Values.Append(scheduler))
        {
            await Eventually.Async(
                () => IsReadyAsync(http, address), ready => ready, TimeSpan.FromSeconds(60), _ => $"{address} is not ready. {platform.Transcript}");
        }

        return platform;
    }

    /// <summary>Another instance of an app over the same store.</summary>
    public async Task<Uri> AddAsync(string name, DirectoryInfo data)
    {
        var address = Launch(Programs.App(name), data, FreePorts.Range(1));
        using var http = new HttpClient();
        await Eventually.Async(() => IsReadyAsync(http, address), ready => ready, TimeSpan.FromSeconds(60), _ => $"{address} is not ready. {Transcript}");
        return address;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }
    }

    private Uri Launch(string program, DirectoryInfo data, int port)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        _children.Add(Child.Start("dotnet", [program], new Dictionary<string, string>
        {
            ["SAAS_STORE"] = $"sqlite:{Path.Combine(data.FullName, "platform.db")}",
            ["SAAS_KEK"] = $"file:{Path.Combine(data.FullName, "kek")}",
            ["SAAS_AUDIT_SPOOL"] = Path.Combine(data.FullName, "audit"),
            ["SAAS_URL"] = address.ToString(),
        }));
        return address;
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri address)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(address, "/readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet.
        }
    }
}

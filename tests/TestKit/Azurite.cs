using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Text;

namespace Saas.TestKit;

/// <summary>
/// A real Azurite table service of a test's own, on a free loopback port, in memory, ended with it. Installed by
/// <c>npm ci</c> in tests/.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    /// <summary>Azurite's published default key.</summary>
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int StartAttempts = 5;

    private readonly Process _process;
    private readonly TempDirectory _directory;
    private readonly StringBuilder _output = new();

    private Azurite(int port)
    {
        Port = port;
        _directory = new TempDirectory();
        _process = new Process { StartInfo = Command(port, _directory.Path) };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public Uri Endpoint => new($"http://127.0.0.1:{Port}/{Account}");

    public string ConnectionString => $"AccountName={Account};AccountKey={Key};TableEndpoint={Endpoint}";

    /// <exception cref="FileNotFoundException">It is not installed.</exception>
    /// <exception cref="InvalidOperationException">It ended, with what it printed.</exception>
    public static async Task<Azurite> StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            // Azurite does not tell the port it chose itself, so we choose; another process may be faster.
            var azurite = new Azurite(FreePort.Find());
            await Poll.UntilAsync(
                async () => azurite._process.HasExited || await azurite.AnswersAsync(), "Azurite to listen", azurite.Output);
            if (!azurite._process.HasExited)
            {
                return azurite;
            }

            await azurite.DisposeAsync();
            if (attempt == StartAttempts)
            {
                throw new InvalidOperationException($"Azurite ended at its start: {azurite.Output()}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static ProcessStartInfo Command(int port, string directory)
    {
        var program = Path.Combine(TestsDirectory(), "node_modules", ".bin", "azurite-table");
        if (!File.Exists(program))
        {
            throw new FileNotFoundException("Azurite is not installed: run npm ci in tests/.", program);
        }

        return new ProcessStartInfo(program,
        [
            "--tableHost", "127.0.0.1", "--tablePort", $"{port}", "--inMemoryPersistence", "--silent",
            "--disableTelemetry", "--skipApiVersionCheck",
        ])
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    /// <summary>The folder tests/ of the checkout this was built from.</summary>
    private static string TestsDirectory()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "package-lock.json")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {Assembly.GetExecutingAssembly().Location} has a package-lock.json.");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    private string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }
}

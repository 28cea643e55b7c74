using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Saas.Encryption.Tests.Shared;
using Saas.Hosting.Audit;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Secrecy;

/// <summary>
/// Every way of handing the app a secret, rightly and wrongly, with texts nobody else would write; then all it logged,
/// traced, recorded, stored or spooled is searched for them, in clear and in base 64.
/// </summary>
public sealed class SecrecyTests : IAsyncLifetime, IDisposable
{
    private const string Mark = "MARKED-PLAINTEXT-7f3a";

    /// <summary>As text, and in the three ways it can lie in base 64, without what its neighbours decide.</summary>
    private static readonly string[] Forms = [Mark, .. Enumerable.Range(0, 3).Select(Base64At)];

    private readonly CapturedLog _log = new();
    private readonly ConcurrentQueue<string> _traces = new();
    private readonly ActivityListener _listener;
    private readonly InMemoryTableStore _store = new();
    private EncryptionHost _host = null!;
    private Customer _acme = null!;

    public SecrecyTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _traces.Enqueue(
                $"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.Select(e => e.Name + string.Join(' ', e.Tags)))} {activity.StatusDescription}"),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync(_store, logging: logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
        _acme = await _host.SignUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Dispose();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task No_secret_reaches_logs_traces_errors_audit_records_or_the_store()
    {
        var errors = new List<string>();
        var calls = 0;
        foreach (var (path, body) in await CallsAsync())
        {
            var reply = await _acme.Client.WriteAsync(path, body);
            calls++;
            if (reply.Status >= HttpStatusCode.BadRequest)
            {
                errors.Add($"{path}: {reply.Text}");
            }
        }

        IReadOnlyList<string> records = [];
        await Poll.UntilAsync(
            async () => (records = await AuditAsync()).Count >= calls, $"{calls} calls in the audit log", () => records.Count);

        Assert.True(errors.Count > 10, "The wrong calls were meant to fail.");
        Assert.Contains(records, r => r.Contains("hmac-sha256:", StringComparison.Ordinal));
        AssertUnmarked("an error", errors);
        AssertUnmarked("the log", _log.Lines);
        AssertUnmarked("a trace", _traces);
        AssertUnmarked("the audit log", records);
        AssertUnmarked("the store", await StoredAsync());
        AssertUnmarked("a file", Files().Select(ReadShared));
    }

    private async Task<IReadOnlyList<(string Path, JsonNode? Body)>> CallsAsync()
    {
        foreach (var (name, type, derived) in ((string, string, bool)[])
            [("aes", "aes256-gcm96", false), ("derived", "aes256-gcm96", true), ("chacha", "chacha20-poly1305", false), ("rsa", "rsa-2048", false), ("ed", "ed25519", false), ("ec", "ecdsa-p256", false), ("mac", "hmac", false)])
        {
            (await _acme.Client.WriteAsync($"transit/keys/{name}", new JsonObject { ["type"] = type, ["derived"] = derived })).MustBeOk();
        }

        var marked = Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark));
        var calls = new List<(string, JsonNode?)>();
        foreach (var key in (string[])["aes", "derived", "chacha", "rsa", "ed", "ec", "mac", "none"])
        {
            foreach (var text in (string[])[marked, Mark])
            {
                calls.Add(($"transit/encrypt/{key}", new JsonObject { ["plaintext"] = text, ["context"] = text, ["associated_data"] = text }));
                calls.Add(($"transit/encrypt/{key}", Batch("plaintext", text)));
                calls.Add(($"transit/decrypt/{key}", new JsonObject { ["ciphertext"] = text, ["context"] = text }));
                calls.Add(($"transit/decrypt/{key}", new JsonObject { ["ciphertext"] = "vault:v1:" + text }));
                calls.Add(($"transit/rewrap/{key}", new JsonObject { ["ciphertext"] = "vault:v1:" + text }));
                calls.Add(($"transit/sign/{key}", new JsonObject { ["input"] = text, ["context"] = text }));
                calls.Add(($"transit/hmac/{key}", new JsonObject { ["input"] = text }));
                calls.Add(($"transit/verify/{key}", new JsonObject { ["input"] = text, ["signature"] = "vault:v1:" + text }));
                calls.Add(($"transit/verify/{key}", new JsonObject { ["input"] = text, ["hmac"] = text }));
                calls.Add(($"transit/keys/{key}-imported/import", new JsonObject { ["ciphertext"] = text, ["type"] = "aes256-gcm96" }));
                calls.Add(($"transit/restore/{key}-restored", new JsonObject { ["backup"] = text }));
            }
        }

        calls.Add(("transit/hash", new JsonObject { ["input"] = marked }));
        calls.Add(("transit/hash", new JsonObject { ["input"] = Mark }));
        calls.Add(("transit/keys/aes/config", new JsonObject { ["min_decryption_version"] = Mark }));
        calls.Add(("secret/data/app", new JsonObject { ["data"] = new JsonObject { ["password"] = Mark, ["list"] = new JsonArray(Mark), ["pin"] = 4711 } }));
        calls.Add(("secret/data/app", new JsonObject { ["data"] = Mark }));
        calls.Add(("secret/data/app", new JsonObject { ["options"] = new JsonObject { ["cas"] = Mark }, ["data"] = new JsonObject { ["password"] = Mark } }));
        calls.Add(("secret/metadata/app", new JsonObject { ["custom_metadata"] = new JsonObject { ["owner"] = Mark } }));
        calls.Add(("secret/metadata/app", new JsonObject { ["max_versions"] = Mark }));
        calls.Add(("sys/wrapping/wrap", new JsonObject { ["password"] = Mark }));
        calls.Add(("sys/wrapping/unwrap", new JsonObject { ["token"] = Mark }));
        return calls;
    }

    private static JsonObject Batch(string field, string text) =>
        new() { ["batch_input"] = new JsonArray([.. Enumerable.Range(0, 20).Select(i => new JsonObject { [field] = text, ["reference"] = i.ToString() })]) };

    private async Task<IReadOnlyList<string>> AuditAsync()
    {
        var records = new List<string>();
        for (long? from = 1; from is { } next;)
        {
            var page = await AuditLog.ReadAsync(_acme.Scope, next, 1000, CancellationToken.None);
            records.AddRange(page.Records.Select(r => Encoding.UTF8.GetString(r.Entry.Canonical())));
            from = page.Next;
        }

        return records;
    }

    private async Task<IReadOnlyList<string>> StoredAsync()
    {
        var stored = new List<string>();
        foreach (var table in _store.TableNames)
        {
            for (string? continuation = null; ;)
            {
                var page = await _store.ScanAsync(table, 1000, continuation, CancellationToken.None);
                stored.AddRange(page.Rows.Select(r => $"{table} {r.Partition} {r.Row} {Encoding.UTF8.GetString(r.Value.Span)}"));
                continuation = page.Continuation;
                if (continuation is null)
                {
                    break;
                }
            }
        }

        return stored;
    }

    /// <summary>All but the spool's lock, which is empty and cannot be opened.</summary>
    private IEnumerable<string> Files() =>
        Directory.EnumerateFiles(_host.Folder.Path, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock");

    private static void AssertUnmarked(string where, IEnumerable<string> texts)
    {
        var searched = texts.ToList();
        Assert.True(searched.Count > 0, $"Nothing of {where} was searched.");
        Assert.All(searched, text => Assert.All(Forms, form => Assert.False(text.Contains(form, StringComparison.Ordinal), $"A secret is in {where}: {text}")));
    }

    private static string Base64At(int shift) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', shift) + Mark))[4..^4];

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

using System.Text.Json;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Hosting.Audit;
using Saas.Hosting.Tests.Support;
using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

/// <summary>A spool with what ships it, over a store: one process's, without its host.</summary>
internal sealed class SpoolBench : IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly AuditShipping _shipping;
    private readonly TenantScopes _rows;
    private bool _isStopped;

    public SpoolBench(string folder, ITableStore store, TimeProvider? time = null, Func<AuditSpoolOptions, AuditSpoolOptions>? configure = null)
    {
        var options = new AuditSpoolOptions
        {
            Folder = folder,
            Linger = TimeSpan.Zero,
            StopPatience = TimeSpan.FromSeconds(10),
            MinFreeBytes = 0,
        };
        options = configure?.Invoke(options) ?? options;
        time ??= TimeProvider.System;
        Tenants = new TenantScopes(store);
        _rows = new TenantScopes((store as ScriptedStore)?.Rows ?? store);
        Audit = new AuditLog(time);
        Spool = new AuditSpool(options, time);
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(Log));
        _shipping = new AuditShipping(Spool, Audit, Tenants, time, options, _loggers.CreateLogger<AuditShipping>());
    }

    public AuditSpool Spool { get; }

    public AuditLog Audit { get; }

    public TenantScopes Tenants { get; }

    public CapturedLog Log { get; } = new();

    public Task StartAsync() => _shipping.StartAsync(CancellationToken.None);

    public Task StopAsync()
    {
        _isStopped = true;
        return _shipping.StopAsync(CancellationToken.None);
    }

    public void Append(TenantId tenant, string what, int padding = 0) => Spool.Append(tenant, Happened(what, padding));

    public static AuditEvent Happened(string what, int padding = 0) => new()
    {
        Kind = AuditKinds.Call,
        ActorKind = "apikey",
        ActorId = "key_1",
        Action = "transit:encrypt",
        Resource = what,
        Status = 200,
        ProjectId = "prj_1",
        Request = new RawJson(JsonSerializer.SerializeToUtf8Bytes(new string('x', padding))),
    };

    public async Task<IReadOnlyList<AuditRecord>> ReadAsync(TenantId tenant)
    {
        var records = new List<AuditRecord>();
        for (long? from = 1; from is { } at;)
        {
            var page = await AuditLog.ReadAsync(_rows.For(tenant), at, 1000, default);
            records.AddRange(page.Records);
            from = page.Next;
        }

        return records;
    }

    public async Task<string[]> ResourcesAsync(TenantId tenant) => [.. (await ReadAsync(tenant)).Select(r => r.Entry.Event.Resource!)];

    /// <summary>The log is whole, and ends where its head says.</summary>
    public async Task VerifyAsync(TenantId tenant)
    {
        var head = await AuditLog.HeadAsync(_rows.For(tenant), default);
        var records = await ReadAsync(tenant);
        Assert.Null(AuditVerifier.Verify(records, head));
        Assert.Equal(records.Count, head.Sequence);
    }

    public async Task<long> CountAsync(TenantId tenant) => (await AuditLog.HeadAsync(_rows.For(tenant), default)).Sequence;

    public async Task ShippedAsync(TenantId tenant, int count) => await Poll.UntilAsync(
        async () => await CountAsync(tenant) >= count,
        $"{count} records of {tenant}",
        () => $"{Spool.State} {Log.Text}");

    public async Task<int> ProgressRowsAsync(TenantId tenant)
    {
        var rows = 0;
        await foreach (var row in AuditLog.Open(_rows.For(tenant)).ReadAllAsync(RowRange.Prefix("!spool|"), default))
        {
            rows += row.Row.Length > 0 ? 1 : 0;
        }

        return rows;
    }

    /// <summary>Each record of each writer is there, once, in its order, and nothing else.</summary>
    public async Task AssertEachOnceInOrderAsync(TenantId tenant, int[] writers, int each)
    {
        await VerifyAsync(tenant);
        var resources = await ResourcesAsync(tenant);
        Assert.Equal(writers.Length * each, resources.Length);
        foreach (var writer in writers)
        {
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{writer}/{i}"), resources.Where(r => r.StartsWith($"{writer}/", StringComparison.Ordinal)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
        {
            await StopAsync();
        }

        _shipping.Dispose();
        Spool.Dispose();
        _loggers.Dispose();
    }
}

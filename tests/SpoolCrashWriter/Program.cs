using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts;
using Saas.Hosting.Audit;
using Saas.Hosting.Audit.Spool;
using Saas.Storage;

// Appends audit records to a spool and ships them until it is killed, or kills itself (SIGKILL) the n-th time it comes
// to a step. Prints "tenant run/writer/number" for every record that was acknowledged.
//   <spool folder> <store> <run> <step or -> <n> <tenant>…
var (folder, run, step, times) = (args[0], args[2], args[3], int.Parse(args[4]));
var tenants = args[5..].Select(TenantId.Parse).ToArray();
const int Writers = 4;

using var output = Console.OpenStandardOutput();
var printing = new Lock();
var seen = 0;
var store = StorageOptions.Open(args[1]);
var options = new AuditSpoolOptions
{
    Folder = folder,
    Linger = TimeSpan.Zero,
    MinFreeBytes = 0,

    // Segments of half a megabyte, so that they come and go while we look.
    MaxBytes = AuditSpoolOptions.LeastBytes,
    At = at =>
    {
        if (at.ToString() == step && Interlocked.Increment(ref seen) == times)
        {
            Process.GetCurrentProcess().Kill();
        }
    },
};

using var spool = new AuditSpool(options, TimeProvider.System);
using var shipping = new AuditShipping(
    spool, new AuditLog(TimeProvider.System), new TenantScopes(store), TimeProvider.System, options, NullLogger<AuditShipping>.Instance);
await shipping.StartAsync(CancellationToken.None);
await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
{
    for (var number = 0; ; number++)
    {
        var (tenant, name) = (tenants[number % tenants.Length], $"{run}/{writer}/{number:d6}");
        try
        {
            spool.Append(tenant, new AuditEvent
            {
                Kind = AuditKinds.Call,
                ActorKind = "apikey",
                ActorId = "key_1",
                Action = "crash",
                Resource = name,
                Error = new string('x', number % 2000),
            });
        }
        catch (AuditSpoolFullException)
        {
            await Task.Delay(5);
            continue;
        }

        var line = Encoding.ASCII.GetBytes($"{tenant} {name}\n");
        lock (printing)
        {
            output.Write(line);
        }
    }
})));

using Microsoft.Extensions.Configuration;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Hosting.Hosts;

/// <summary>The store an app was configured with, opened; closed with it.</summary>
public sealed class PlatformConnection : IDisposable
{
    public const string Setting = "SAAS_STORE";

    private readonly ITableStore _store;

    private PlatformConnection(ITableStore store, TimeProvider time)
    {
        _store = store;
        var signal = new InProcessChangeSignal(time);
        Services = new PlatformServices(store, new StoreMessageQueue(store, signal, time), new StoreLease(store, time), signal, time);
    }

    public PlatformServices Services { get; }

    /// <param name="configuration"><c>SAAS_STORE</c> names the store, in the form of <see cref="StorageOptions"/>.</param>
    /// <exception cref="InvalidOperationException">It is missing or names no store we have.</exception>
    /// <exception cref="StorageUnavailableException">The store cannot be opened.</exception>
    public static PlatformConnection Open(IConfiguration configuration, TimeProvider time)
    {
        var store = configuration[Setting] ?? throw new InvalidOperationException($"{Setting} is missing: it names the store.");
        try
        {
            return new PlatformConnection(StorageOptions.Open(store), time);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"{Setting}: {e.Message}", e);
        }
    }

    public void Dispose() => (_store as IDisposable)?.Dispose();
}

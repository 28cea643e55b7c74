using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Saas.Storage.AzureTables;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Sqlite;
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

    /// <param name="configuration"><c>SAAS_STORE</c> names the store: <c>sqlite:PATH</c> or <c>azuretables:</c> with a connection string or URL.</param>
    /// <exception cref="InvalidOperationException">It is missing or names no store we have.</exception>
    /// <exception cref="Storage.StorageUnavailableException">The store cannot be opened.</exception>
    public static PlatformConnection Open(IConfiguration configuration, TimeProvider time)
    {
        var text = configuration[Setting];
        return text?.Split(':', 2) switch
        {
            ["sqlite", { Length: > 0 } path] => new PlatformConnection(new SqliteTableStore(path), time),
            ["azuretables", { Length: > 0 } account] => new PlatformConnection(AzureTables(account), time),
            _ => throw new InvalidOperationException(
                $"{Setting} must be sqlite:PATH or azuretables: with a connection string or the account's URL; it is {(text is null ? "missing" : "something else")}."),
        };
    }

    /// <summary>By URL the app signs in as itself: managed identity, or what the environment offers.</summary>
    private static AzureTableStore AzureTables(string account) =>
        Uri.TryCreate(account, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
            ? AzureTableStore.FromCredential(url, new DefaultAzureCredential())
            : AzureTableStore.FromConnectionString(account);

    public void Dispose() => (_store as IDisposable)?.Dispose();
}

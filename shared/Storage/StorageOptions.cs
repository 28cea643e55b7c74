using Azure.Identity;
using Saas.Storage.AzureTables;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;

namespace Saas.Storage;

/// <summary>
/// Which store a process uses, in one line of configuration; for composition roots. Who opened a store disposes of it
/// if it is <see cref="IDisposable"/>.
/// <list type="table">
/// <item><c>sqlite:PATH</c>: the embedded store in that file, made if missing.</item>
/// <item><c>azure-tables:CONNECTION STRING</c>: an account with its key.</item>
/// <item><c>azure-tables:https://ACCOUNT.table.core.windows.net</c>: an account that the process's own identity may use
/// (managed identity, workload identity, environment or developer's login, in the order of DefaultAzureCredential).</item>
/// </list>
/// </summary>
public static class StorageOptions
{
    private const string Sqlite = "sqlite";
    private const string AzureTables = "azure-tables";

    /// <exception cref="FormatException">It names no store we have. The message holds nothing of what was given.</exception>
    /// <exception cref="StorageUnavailableException">The SQLite file cannot be opened.</exception>
    public static ITableStore Open(string connection) => connection.Split(':', 2) switch
    {
        [Sqlite, { Length: > 0 } path] => new SqliteTableStore(path),
        [AzureTables, var where] when Uri.TryCreate(where, UriKind.Absolute, out var endpoint) => OpenByIdentity(endpoint),
        [AzureTables, { Length: > 0 } connectionString] => AzureTableStore.FromConnectionString(connectionString),
        _ => throw new FormatException(
            $"A store is {Sqlite}:PATH, {AzureTables}:CONNECTION STRING or {AzureTables}:https://ACCOUNT.table.core.windows.net."),
    };

    /// <summary>A token sent in the clear is anybody's.</summary>
    private static AzureTableStore OpenByIdentity(Uri endpoint) => endpoint.Scheme == Uri.UriSchemeHttps
        ? AzureTableStore.FromCredential(endpoint, new DefaultAzureCredential())
        : throw new FormatException($"{AzureTables} with an address needs https.");
}

using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Tables;

public sealed class SqliteTableStoreContractTests(SqliteFixture fixture)
    : TableStoreContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteFixture : ITableStoreFixture, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<SqliteTableStore> _opened = [];

    public SqliteFixture() => Store = Open();

    public ITableStore Store { get; }

    public Task<ITableStore> ReopenAsync() => Task.FromResult<ITableStore>(Open());

    public void Dispose()
    {
        _opened.ForEach(static store => store.Dispose());
        _directory.Dispose();
    }

    private SqliteTableStore Open()
    {
        var store = new SqliteTableStore(_directory.File("store.db"));
        _opened.Add(store);
        return store;
    }
}

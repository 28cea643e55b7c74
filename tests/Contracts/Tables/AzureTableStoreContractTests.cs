using Saas.Storage.AzureTables;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Tables;

[Collection(nameof(AzuriteCollection))]
public sealed class AzureTableStoreContractTests(AzuriteFixture fixture) : TableStoreContract(fixture);

/// <summary>One Azurite serves all classes that run against it, one after the other.</summary>
[CollectionDefinition(nameof(AzuriteCollection))]
public sealed class AzuriteCollection : ICollectionFixture<AzuriteFixture>;

public sealed class AzuriteFixture : ITableStoreFixture, IAsyncLifetime
{
    private Azurite _azurite = null!;

    public ITableStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        Store = Open();
    }

    /// <summary>Of the same service, for tests that open it in another way.</summary>
    public Azurite Azurite => _azurite;

    public Task<ITableStore> ReopenAsync() => Task.FromResult<ITableStore>(Open());

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();

    private AzureTableStore Open() => AzureTableStore.FromConnectionString(_azurite.ConnectionString);
}

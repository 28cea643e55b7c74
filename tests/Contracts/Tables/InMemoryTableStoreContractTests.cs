using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Tables;

public sealed class InMemoryTableStoreContractTests(InMemoryFixture fixture)
    : TableStoreContract(fixture), IClassFixture<InMemoryFixture>;

public sealed class InMemoryFixture : ITableStoreFixture
{
    public ITableStore Store { get; } = new InMemoryTableStore();

    public Task<ITableStore> ReopenAsync() => Task.FromResult(Store);
}

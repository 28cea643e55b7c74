using Saas.Contracts.Tests.Tables;
using Saas.Storage.Queues;
using Saas.Storage.Signals;

namespace Saas.Contracts.Tests.Queues;

public sealed class SqliteMessageQueueContractTests(SqliteFixture fixture)
    : MessageQueueContract(time => StoreQueues.OpenAsync(fixture, time)), IClassFixture<SqliteFixture>;

[Collection(nameof(AzuriteCollection))]
public sealed class AzureMessageQueueContractTests(AzuriteFixture fixture)
    : MessageQueueContract(time => StoreQueues.OpenAsync(fixture, time));

internal static class StoreQueues
{
    /// <summary>With a signal of its own: other instances' sends are not signalled to it.</summary>
    public static async Task<IMessageQueue> OpenAsync(ITableStoreFixture fixture, TimeProvider time) =>
        new StoreMessageQueue(await fixture.ReopenAsync(), new InProcessChangeSignal(time), time);
}

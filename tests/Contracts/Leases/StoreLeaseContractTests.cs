using Saas.Contracts.Tests.Tables;
using Saas.Storage.Leases;

namespace Saas.Contracts.Tests.Leases;

public sealed class SqliteLeaseContractTests(SqliteFixture fixture)
    : LeaseContract(async time => new StoreLease(await fixture.ReopenAsync(), time)), IClassFixture<SqliteFixture>;

public sealed class SqliteFencedPartitionTests(SqliteFixture fixture)
    : FencedPartitionContract(fixture), IClassFixture<SqliteFixture>;

[Collection(nameof(AzuriteCollection))]
public sealed class AzureLeaseContractTests(AzuriteFixture fixture)
    : LeaseContract(async time => new StoreLease(await fixture.ReopenAsync(), time));

[Collection(nameof(AzuriteCollection))]
public sealed class AzureFencedPartitionTests(AzuriteFixture fixture) : FencedPartitionContract(fixture);

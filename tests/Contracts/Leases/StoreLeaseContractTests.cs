using Saas.Contracts.Tests.Tables;
using Saas.Storage.Leases;

namespace Saas.Contracts.Tests.Leases;

public sealed class SqliteLeaseContractTests(SqliteFixture fixture)
    : LeaseContract(async time => new StoreLease(await fixture.ReopenAsync(), time)), IClassFixture<SqliteFixture>;

public sealed class SqliteFencedPartitionTests(SqliteFixture fixture)
    : FencedPartitionContract(fixture), IClassFixture<SqliteFixture>;

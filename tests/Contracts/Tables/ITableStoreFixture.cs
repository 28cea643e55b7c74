using Saas.Storage.Tables;

namespace Saas.Contracts.Tests.Tables;

/// <summary>What an adapter gives to be held to the contract. One fixture serves all tests of a class.</summary>
public interface ITableStoreFixture
{
    ITableStore Store { get; }

    /// <summary>Another instance over the same rows, as after a restart of the process; closed with the fixture.</summary>
    Task<ITableStore> ReopenAsync();
}

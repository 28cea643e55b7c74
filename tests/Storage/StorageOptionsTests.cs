using Saas.Storage.AzureTables;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Storage.Tests;

public sealed class StorageOptionsTests
{
    [Fact]
    public void Open_SqlitePath_OpensTheFile()
    {
        using var directory = new TempDirectory();
        using var store = Assert.IsType<SqliteTableStore>(StorageOptions.Open($"sqlite:{directory.File("a b:c.db")}"));
        Assert.True(File.Exists(directory.File("a b:c.db")));
    }

    [Theory]
    [InlineData("azure-tables:UseDevelopmentStorage=true")]
    [InlineData("azure-tables:DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net")]
    [InlineData("azure-tables:https://acme.table.core.windows.net")]
    public void Open_AzureTables_OpensTheService(string connection) =>
        Assert.IsType<AzureTableStore>(StorageOptions.Open(connection));

    [Theory]
    [InlineData("")]
    [InlineData("sqlite:")]
    [InlineData("sqlite")]
    [InlineData("azure-tables:")]
    [InlineData("azure-tables:http://acme.example")]
    [InlineData("azure-tables:AccountName=acme")]
    [InlineData("azure-tables:AccountName=acme;AccountKey=no*base*64")]
    [InlineData("postgres:somewhere")]
    public void Open_Anything_ElseIsRefusedWithoutRepeatingIt(string connection)
    {
        var refused = Assert.ThrowsAny<Exception>(() => StorageOptions.Open(connection));
        Assert.True(refused is FormatException or InvalidOperationException, refused.ToString());
        Assert.DoesNotContain("no*base*64", refused.Message, StringComparison.Ordinal);
    }
}

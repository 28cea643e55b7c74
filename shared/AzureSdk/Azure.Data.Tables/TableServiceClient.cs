using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables.Internal;

namespace Azure.Data.Tables;

public class TableServiceClient
{
    private const string Scope = "https://storage.azure.com/.default";

    private readonly TableRest _rest;

    public TableServiceClient(string connectionString, TableClientOptions? options = null)
        : this(TableAccount.Parse(connectionString), options)
    {
    }

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options)
        : this(new TableAccount(endpoint, credential), options)
    {
    }

    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions? options = null) =>
        _rest = new TableRest(
            endpoint, options ?? new TableClientOptions(), new BearerTokenAuthenticationPolicy(tokenCredential, Scope));

    private TableServiceClient(TableAccount account, TableClientOptions? options) =>
        _rest = new TableRest(
            account.Endpoint, options ?? new TableClientOptions(), new SharedKeyLitePolicy(account.Credential));

    public virtual TableClient GetTableClient(string tableName) => new(_rest, tableName);
}

using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Internal;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables;

public class TableClient
{
    private readonly TableRest _rest;
    private readonly string _name;

    internal TableClient(TableRest rest, string name) => (_rest, _name) = (rest, name);

    public virtual async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var body = Encoding.UTF8.GetBytes($$"""{"TableName":"{{JsonEncodedText.Encode(_name)}}"}""");
            var response = await _rest.SendJsonAsync(
                RequestMethod.Post, _rest.TableAddress("Tables"), null, body, cancellationToken);
            return Response.FromValue(new TableItem(_name), response);
        }
        catch (RequestFailedException e) when (e is { Status: 409, ErrorCode: "TableAlreadyExists" })
        {
            return Response.FromValue(new TableItem(_name), e.GetRawResponse()!);
        }
    }

    public virtual Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity =>
        _rest.SendJsonAsync(RequestMethod.Post, _rest.TableAddress(_name), null, EntityJson.Write(entity), cancellationToken);

    /// <summary>Here with <see cref="TableUpdateMode.Replace"/> only.</summary>
    public virtual Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity =>
        _rest.SendJsonAsync(Put(mode), Address(entity), ifMatch, EntityJson.Write(entity), cancellationToken);

    /// <inheritdoc cref="UpdateEntityAsync"/>
    public virtual Task<Response> UpsertEntityAsync<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity =>
        _rest.SendJsonAsync(Put(mode), Address(entity), null, EntityJson.Write(entity), cancellationToken);

    /// <summary>As in the package, an entity that is not there is an answer of 404 and no exception.</summary>
    public virtual Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        _rest.DeleteAsync(
            _rest.EntityAddress(_name, partitionKey, rowKey), ifMatch == default ? ETag.All : ifMatch, cancellationToken);

    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        RefuseSelect(select);
        var address = _rest.EntityAddress(_name, partitionKey, rowKey);
        var (response, body) = await _rest.GetJsonAsync(address, mayBeMissing: true, cancellationToken);
        using (body)
        {
            return body is null
                ? new MissingEntity<T>(response)
                : Response.FromValue(EntityJson.Read<T>(body.RootElement), response);
        }
    }

    public virtual AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        RefuseSelect(select);
        return new EntityPages<T>(_rest, _name, filter, maxPerPage, cancellationToken);
    }

    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var answers = await _rest.SendBatchAsync(transactionActions.ToList(), _name, cancellationToken);
        return Response.FromValue(answers, answers[0]);
    }

    private string Address(ITableEntity entity) => _rest.EntityAddress(_name, entity.PartitionKey, entity.RowKey);

    private static RequestMethod Put(TableUpdateMode mode) =>
        mode == TableUpdateMode.Replace ? RequestMethod.Put : throw new NotSupportedException("Merging is not sent here.");

    private static void RefuseSelect(IEnumerable<string>? select)
    {
        if (select is not null)
        {
            throw new NotSupportedException("Selecting properties is not sent here.");
        }
    }
}

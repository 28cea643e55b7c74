using System.Buffers;
using Microsoft.AspNetCore.Http;
using Saas.Registry.Consul;
using Saas.Registry.Kv;
using Saas.Registry.Log;

namespace Saas.Registry.Txn;

/// <summary>Operations that take place all or not at all.</summary>
internal sealed class Transaction(IReadOnlyList<TxnOp> ops)
{
    public bool IsWrite { get; } = ops.Any(op => op.IsWrite);

    /// <summary>A command. Runs on after an operation that cannot be, to say all that is wrong at once.</summary>
    /// <exception cref="TxnRefusedException">Some cannot be: nothing is done.</exception>
    /// <exception cref="RegistryException">The caller may not, or the domain is full: nothing is done.</exception>
    public IReadOnlyList<TxnResult> Run(Draft draft)
    {
        var errors = ops.Select((op, i) => (Index: i, What: op.RefusalBefore(draft))).Where(e => e.What is not null).Select(e => new TxnError(e.Index, e.What!)).ToList();
        if (errors.Count > 0)
        {
            throw new TxnRefusedException(errors);
        }

        var results = new List<TxnResult>();
        for (var i = 0; i < ops.Count; i++)
        {
            try
            {
                results.AddRange(ops[i].Run(draft));
            }
            catch (TxnOpException e)
            {
                errors.Add(new TxnError(i, e.Message));
            }
            catch (RegistryException e) when (e.Status is StatusCodes.Status500InternalServerError or StatusCodes.Status400BadRequest)
            {
                errors.Add(new TxnError(i, e.Message));
            }
        }

        return errors.Count == 0 ? results : throw new TxnRefusedException(errors);
    }

    public static ReadOnlyMemory<byte> Answer(IReadOnlyList<TxnResult>? results, IReadOnlyList<TxnError>? errors)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using var json = KvJson.WriterOn(body);
        json.WriteStartObject();
        json.WritePropertyName("Results"u8);
        if (results is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartArray();
            foreach (var result in results)
            {
                json.WriteStartObject();
                result(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WritePropertyName("Errors"u8);
        if (errors is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartArray();
            foreach (var error in errors)
            {
                json.WriteStartObject();
                json.WriteNumber("OpIndex"u8, error.OpIndex);
                json.WriteString("What"u8, error.What);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}

/// <param name="OpIndex">From 0.</param>
internal sealed record TxnError(int OpIndex, string What);

internal sealed class TxnRefusedException(IReadOnlyList<TxnError> errors) : Exception("Operations of the transaction cannot be done.")
{
    public IReadOnlyList<TxnError> Errors => errors;
}

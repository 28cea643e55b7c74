using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Problems;

namespace Saas.Hosting.Json;

/// <summary>Reads a JSON body strictly: whatever options its type came with, unknown and repeated members are refused.</summary>
internal static class JsonBody
{
    private static readonly ConditionalWeakTable<JsonTypeInfo, JsonTypeInfo> StrictTypes = [];

    /// <exception cref="ProblemException">400: every fault that can be found, by field; 413; 415.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw new ProblemException(Problem.UnsupportedMediaType(request.ContentType));
        }

        var strict = (JsonTypeInfo<T>)StrictTypes.GetValue(type, Strict);
        var reader = request.BodyReader;
        var body = await ReadToEndAsync(reader, ct);
        try
        {
            return Parse(body, strict);
        }
        finally
        {
            reader.AdvanceTo(body.End);
        }
    }

    private static T Parse<T>(ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
            var value = JsonSerializer.Deserialize(ref reader, type);
            while (reader.Read())
            {
                // What follows the document may only be white space: the reader throws on anything else.
            }

            return value ?? throw new ProblemException(Problem.Invalid("", "Expected an object; null came."));
        }
        catch (JsonException e)
        {
            throw new ProblemException(Problem.Invalid(JsonFaults.Explain(body, type, e)));
        }
    }

    /// <summary>The whole body; the limit of the route holds below. The caller advances the reader.</summary>
    private static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            if (result.IsCompleted)
            {
                return result.Buffer;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static JsonTypeInfo Strict(JsonTypeInfo type) =>
        StrictJson.Over(new JsonSerializerOptions(type.Options)).GetTypeInfo(type.Type);
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Cluster.Changes;

namespace Saas.Provisioning.Nomad;

/// <summary>
/// What a request of a reading endpoint asks.
/// <para>
/// <paramref name="AskAsync"/> must: (1) read nothing of the request, which may be of a client who has left: everything of it
/// is bound before; (2) answer from the store as it is, whenever it is called; (3) answer in the same order and words as long
/// as nothing has changed, or those who wait are told of changes that are none. It may throw
/// <see cref="Hosting.Problems.ProblemException"/>, to all who ask.
/// </para>
/// </summary>
/// <param name="Topics">The changes after which the answer may be another.</param>
/// <param name="IsSameForAll">
/// Everyone who may ask gets this answer, so that all of a tenant can share it. False: it depends on what the caller may see.
/// </param>
internal sealed record NomadQuestion(ChangeTopics Topics, Func<CancellationToken, Task<NomadReading>> AskAsync, bool IsSameForAll = false);

/// <summary>An answer without its index.</summary>
/// <param name="NextToken">Null: there is no other page.</param>
internal sealed record NomadReading(ReadOnlyMemory<byte> Body, string? NextToken)
{
    public static NomadReading Of<T>(T value, JsonTypeInfo<T> type, string? nextToken = null) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type), nextToken);
}

/// <summary>An answer as Nomad's clients expect it. Immutable and shared.</summary>
/// <param name="Index">What a client comes back with to wait for another answer; see <see cref="Blocking.AnswerIndex"/>.</param>
internal sealed record NomadAnswer(NomadReading Reading, long Index) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = QueryOptions.IsSet(httpContext.Request.Query, "pretty") ? Indented(Reading.Body) : Reading.Body;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        SetHeaders(response.Headers, Index);
        if (Reading.NextToken is { } token)
        {
            response.Headers["X-Nomad-NextToken"] = token;
        }

        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }

    /// <param name="index">Never sent as 0: clients take that for "unknown".</param>
    public static void SetHeaders(IHeaderDictionary headers, long index)
    {
        headers["X-Nomad-Index"] = Math.Max(1, index).ToString(CultureInfo.InvariantCulture);
        headers["X-Nomad-LastContact"] = "0";
        headers["X-Nomad-KnownLeader"] = "true";
    }

    /// <summary>Four spaces, as Nomad has them.</summary>
    private static ReadOnlyMemory<byte> Indented(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var indented = new System.Buffers.ArrayBufferWriter<byte>(json.Length * 2);
        using (var writer = new Utf8JsonWriter(indented, new JsonWriterOptions { Indented = true, IndentSize = 4 }))
        {
            document.WriteTo(writer);
        }

        return indented.WrittenMemory;
    }
}

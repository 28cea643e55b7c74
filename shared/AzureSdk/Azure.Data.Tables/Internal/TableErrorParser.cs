using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables.Internal;

/// <summary>Reads <c>{"odata.error":{"code":…,"message":{"lang":…,"value":…}}}</c>.</summary>
internal sealed class TableErrorParser : RequestFailedDetailsParser
{
    public static readonly TableErrorParser Instance = new();

    public override bool TryParse(
        Response response, [NotNullWhen(true)] out ResponseError? error, out IDictionary<string, string>? data)
    {
        (error, data) = (null, null);
        if (response.ContentStream is not { CanSeek: true } content)
        {
            return false;
        }

        content.Position = 0;
        try
        {
            using var body = JsonDocument.Parse(content);
            var said = body.RootElement.GetProperty("odata.error");
            var message = said.TryGetProperty("message", out var text) ? text.GetProperty("value").GetString() : null;
            error = new ResponseError(said.GetProperty("code").GetString(), message);
            return true;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A proxy's page or an empty body: the status has to do.
            return false;
        }
    }
}

using System.Globalization;
using System.Text;

namespace Azure.Data.Tables.Internal;

/// <summary>
/// The parts of a change set's answer: one per action, or a single error. They are HTTP responses within a multipart
/// message within a multipart message; a part begins at its status line and ends at the next boundary.
/// </summary>
internal static class ChangeSetAnswer
{
    public static IReadOnlyList<BatchPartResponse> Read(Response response)
    {
        var parts = new List<BatchPartResponse>();
        using var lines = new StringReader(response.Content.ToString());
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
            {
                parts.Add(ReadPart(line, lines));
            }
        }

        return parts;
    }

    private static BatchPartResponse ReadPart(string statusLine, StringReader lines)
    {
        var words = statusLine.Split(' ', 3);
        var headers = new List<KeyValuePair<string, string>>();
        while (lines.ReadLine() is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(header[..colon], header[(colon + 1)..].Trim()));
        }

        // A body is JSON and has no line that begins like a boundary.
        var body = new StringBuilder();
        while (lines.Peek() is not ('-' or -1) && lines.ReadLine() is { } line)
        {
            body.AppendLine(line);
        }

        return new BatchPartResponse(
            int.Parse(words[1], CultureInfo.InvariantCulture), words.ElementAtOrDefault(2) ?? "", headers, body.ToString());
    }
}

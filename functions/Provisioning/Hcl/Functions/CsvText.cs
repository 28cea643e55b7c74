using System.Text;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>RFC 4180, as Go reads it: blank lines are left out, and all records are as long as the first.</summary>
internal static class CsvText
{
    /// <exception cref="HclValueException">A quote without end, text behind one, or a record of another length.</exception>
    public static List<IReadOnlyList<string>> Read(string text)
    {
        var records = new List<IReadOnlyList<string>>();
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            var record = Record(text, ref at);
            if (text.AsSpan(start, at - start).Trim("\r\n").IsEmpty)
            {
                continue;
            }

            records.Add(records.Count == 0 || record.Count == records[0].Count
                ? record
                : throw new HclValueException($"record {records.Count + 1} has {record.Count} fields, not {records[0].Count}"));
        }

        return records;
    }

    private static List<string> Record(string text, ref int at)
    {
        var fields = new List<string>();
        while (true)
        {
            fields.Add(at < text.Length && text[at] == '"' ? Quoted(text, ref at) : Plain(text, ref at));
            if (at < text.Length && text[at] == ',')
            {
                at++;
                continue;
            }

            if (at < text.Length && text[at] == '\r')
            {
                at++;
            }

            if (at < text.Length && text[at] != '\n')
            {
                throw new HclValueException("text follows the closing quote of a field");
            }

            at = Math.Min(at + 1, text.Length);
            return fields;
        }
    }

    private static string Plain(string text, ref int at)
    {
        var length = text.AsSpan(at).IndexOfAny(',', '\r', '\n');
        var field = length < 0 ? text[at..] : text.Substring(at, length);
        at += field.Length;
        return field.Contains('"', StringComparison.Ordinal) ? throw new HclValueException("a quote stands within a field that has none around it") : field;
    }

    private static string Quoted(string text, ref int at)
    {
        var field = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                field.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                at++;
                return field.ToString();
            }
        }

        throw new HclValueException("a quoted field has no end");
    }
}

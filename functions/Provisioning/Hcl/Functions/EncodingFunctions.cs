using System.Text;
using Saas.Provisioning.Hcl.Values;
using Saas.Provisioning.Hcl.Yaml;

namespace Saas.Provisioning.Hcl.Functions;

internal static class EncodingFunctions
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("base64decode", [Parameter.Text("str")], call => new HclString(Decode(call.Text(0)))),
        Function.Of("base64encode", [Parameter.Text("str")], call => new HclString(Convert.ToBase64String(Encoding.UTF8.GetBytes(call.Text(0))))),
        Function.Of("csvdecode", [Parameter.Text("str")], call => Csv(call.Text(0))),
        Function.Of("jsondecode", [Parameter.Text("str")], call => ValueJson.Read(call.Text(0))),
        Function.Of("jsonencode", [Parameter.AnyOrNull("val")], call => new HclString(ValueJson.Write(call[0]))),
        Function.Of("urlencode", [Parameter.Text("str")], call => new HclString(UrlEncode(call.Text(0)))),
        Function.Of("yamldecode", [Parameter.Text("src")], call => YamlReader.Read(call.Text(0))),
        Function.Of("yamlencode", [Parameter.AnyOrNull("value")], call => new HclString(YamlWriter.Write(call[0]))),
    ];

    private static string Decode(string text)
    {
        try
        {
            return StrictUtf8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw new HclValueException("the text is not base64");
        }
        catch (DecoderFallbackException)
        {
            throw new HclValueException("the result of decoding the provided string is not valid UTF-8");
        }
    }

    /// <summary>As of a query: a blank is a plus.</summary>
    private static string UrlEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    /// <summary>The first line names the members of the objects that the others become.</summary>
    private static HclSequence Csv(string text)
    {
        var records = CsvText.Read(text);
        if (records.Count == 0)
        {
            throw new HclValueException("missing header line");
        }

        var names = records[0];
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
        {
            throw new HclValueException("duplicate column name in the header line");
        }

        var type = new ObjectType(names.ToDictionary(name => name, _ => HclType.Text, StringComparer.Ordinal));
        return HclSequence.List(type, [.. records.Skip(1).Select(record => HclMapping.Object(
            names.Zip(record).ToDictionary(cell => cell.First, HclValue (cell) => new HclString(cell.Second), StringComparer.Ordinal)))]);
    }
}

using System.Text;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Yaml;

/// <summary>Values as YAML: blocks, keys and texts in quotes, keys in order, texts of several lines as literal blocks.</summary>
internal static class YamlWriter
{
    private const int Step = 2;

    public static string Write(HclValue value)
    {
        var text = new StringBuilder();
        if (IsBlock(value))
        {
            Block(text, value, 0, isFirstInLine: true);
        }
        else
        {
            Scalar(text, value, 0);
        }

        return text.ToString();
    }

    private static bool IsBlock(HclValue value) => value is HclSequence { Elements.Count: > 0 } or HclMapping { Count: > 0 };

    /// <param name="indent">Of its lines.</param>
    /// <param name="isFirstInLine">The first of them has its indent already.</param>
    private static void Block(StringBuilder text, HclValue value, int indent, bool isFirstInLine)
    {
        if (value is HclSequence sequence)
        {
            foreach (var element in sequence.Elements)
            {
                Indent(text, indent, ref isFirstInLine);
                text.Append("- ");
                if (IsBlock(element))
                {
                    Block(text, element, indent + Step, isFirstInLine: true);
                }
                else
                {
                    Scalar(text, element, indent + Step);
                }
            }

            return;
        }

        var mapping = (HclMapping)value;
        foreach (var key in mapping.Keys)
        {
            Indent(text, indent, ref isFirstInLine);
            text.Append(ValueJson.Write(new HclString(key))).Append(':');
            if (IsBlock(mapping[key]))
            {
                text.Append('\n');
                Block(text, mapping[key], mapping[key] is HclSequence ? indent : indent + Step, isFirstInLine: false);
            }
            else
            {
                text.Append(' ');
                Scalar(text, mapping[key], indent + Step);
            }
        }
    }

    private static void Indent(StringBuilder text, int indent, ref bool isFirstInLine)
    {
        text.Append(' ', isFirstInLine ? 0 : indent);
        isFirstInLine = false;
    }

    private static void Scalar(StringBuilder text, HclValue value, int indent)
    {
        if (value is HclString { Text: var lines } && IsLiteral(lines))
        {
            text.Append(lines.EndsWith('\n') ? "|\n" : "|-\n");
            foreach (var line in lines.TrimEnd('\n').Split('\n'))
            {
                text.Append(' ', line.Length == 0 ? 0 : indent).Append(line).Append('\n');
            }

            return;
        }

        text.Append(ValueJson.Write(value)).Append('\n');
    }

    /// <summary>A literal block keeps the text as it is only where it neither begins nor ends with blanks or blank lines.</summary>
    private static bool IsLiteral(string text) =>
        text.AsSpan().TrimEnd('\n').Contains('\n') && !char.IsWhiteSpace(text[0]) && !text.EndsWith("\n\n", StringComparison.Ordinal) && !text.Any(c => char.IsControl(c) && c != '\n');
}

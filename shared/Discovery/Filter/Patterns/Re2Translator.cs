using System.Text;

namespace Saas.Discovery.Filter.Patterns;

/// <summary>
/// Writes a pattern of RE2's syntax as one of .NET's that matches the same texts. What only says where a match is
/// (laziness) is dropped, unless that is asked for; names of groups always are. What .NET has and RE2 has not (references
/// back, looking around) is refused, and so is what is too large with its repetitions written out.
/// </summary>
internal sealed class Re2Translator(string pattern, bool keepsPlaces = false)
{
    private readonly Re2Reader reader = new(pattern);
    private readonly StringBuilder written = new();

    /// <summary>Of the open groups, outermost first: the steps before it, and the flags there.</summary>
    private readonly Stack<(long Steps, bool Multiline, bool Ungreedy)> groups = new();

    private readonly List<int> captures = [];

    private bool multiline;
    private bool ungreedy;
    private int opened;
    private long steps;
    private long lastSteps;
    private Repeatable last;
    private int lastRepeat;

    private enum Repeatable
    {
        No,
        Yes,
        Repeated,
    }

    /// <summary>Of the pattern's own capturing groups: the numbers that they have in what was written, where more capture.</summary>
    public IReadOnlyList<int> Captures => captures;

    public string Translate()
    {
        while (!reader.AtEnd)
        {
            Next();
        }

        if (groups.Count > 0)
        {
            throw new Re2SyntaxException($"missing closing ): `{pattern}`");
        }

        AddSteps(0);
        return written.ToString();
    }

    private void Next()
    {
        var start = reader.At;
        if (Re2Class.Escaped(reader) is { } range)
        {
            Write($"[{range}]");
            return;
        }

        switch (reader.Peek())
        {
            case '\\':
                reader.Read();
                Escape();
                break;
            case '[':
                reader.Read();
                Write(Re2Class.Bracketed(reader));
                break;
            case '(':
                reader.Read();
                Open(start);
                break;
            case ')':
                reader.Read();
                Close();
                break;
            case '|':
                reader.Read();
                AddSteps(0);
                written.Append('|');
                last = Repeatable.No;
                break;
            case '*' or '+' or '?':
                Repeat(reader.Read().ToString(), 1, start);
                break;
            case '{' when Counts() is { } counts:
                Repeat(counts.Text, counts.Most, start);
                break;
            case '^' or '.':
                Write(reader.Read().ToString());
                break;
            case '$':
                reader.Read();
                Write(multiline ? "$" : @"\z"); // .NET's $ also matches before a last line end
                break;
            default:
                WriteCharacter(reader.ReadCharacter());
                break;
        }
    }

    private void Escape()
    {
        if (reader.Peek() is 'A' or 'z' or 'b' or 'B')
        {
            Write($"\\{reader.Read()}");
        }
        else if (reader.Skip("Q"))
        {
            foreach (var rune in (reader.ReadTo("\\E") ?? reader.ReadToEnd()).EnumerateRunes())
            {
                WriteCharacter(rune.Value);
            }
        }
        else
        {
            WriteCharacter(reader.ReadEscape());
        }
    }

    private void Open(int start)
    {
        if (!reader.Skip("?"))
        {
            captures.Add(opened + 1);
            Push("");
            return;
        }

        if (reader.Skip("P<") || reader.Skip("<"))
        {
            var isName = reader.ReadTo(">") is { Length: > 0 } name && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
            captures.Add(opened + 1);
            Push(isName ? "" : throw reader.Error("invalid named capture", start));
            return;
        }

        var before = (multiline, ungreedy);
        var flags = Flags(start);
        if (reader.Read() == ')')
        {
            written.Append(flags);
            last = Repeatable.No;
            return;
        }

        Push(flags, before);
    }

    /// <summary>Up to the <c>:</c> or <c>)</c> behind them; as .NET has them, which lacks <c>U</c>.</summary>
    private string Flags(int start)
    {
        var (on, off) = ("", "");
        var negative = false;
        while (reader.Peek() is not (':' or ')'))
        {
            var flag = reader.AtEnd ? '\0' : reader.Read();
            if (flag == '-' && !negative)
            {
                negative = true;
                continue;
            }

            if (flag is not ('i' or 'm' or 's' or 'U'))
            {
                throw reader.Error("invalid or unsupported Perl syntax", start);
            }

            multiline = flag == 'm' ? !negative : multiline;
            ungreedy = flag == 'U' ? !negative : ungreedy;
            _ = flag == 'U' ? "" : negative ? off += flag : on += flag;
        }

        return (on, off) switch
        {
            ("", "") => "",
            (_, "") => $"(?{on})",
            _ => $"(?{on}-{off})",
        };
    }

    /// <summary>
    /// Groups all capture, though nobody asks what: of those that do not, .NET 10 merges repetitions so that
    /// <c>a(?:1{1,2}|)+1</c> no longer matches <c>a1</c>.
    /// </summary>
    private void Push(string flags, (bool Multiline, bool Ungreedy)? before = null)
    {
        AddSteps(0);
        groups.Push((steps, before?.Multiline ?? multiline, before?.Ungreedy ?? ungreedy));
        steps = 0;
        opened++;
        written.Append('(').Append(flags);
        last = Repeatable.No;
    }

    private void Close()
    {
        if (!groups.TryPop(out var outer))
        {
            throw new Re2SyntaxException($"unexpected ): `{pattern}`");
        }

        AddSteps(0);
        (lastSteps, steps, multiline, ungreedy) = (Math.Max(1, steps), outer.Steps, outer.Multiline, outer.Ungreedy);
        written.Append(')');
        last = Repeatable.Yes;
    }

    private void Repeat(string text, int most, int start)
    {
        var isLazy = reader.Skip("?") != ungreedy;
        if (last == Repeatable.No)
        {
            throw reader.Error("missing argument to repetition operator", start);
        }

        if (last == Repeatable.Repeated)
        {
            throw reader.Error("invalid nested repetition operator", lastRepeat);
        }

        lastSteps *= most;
        AddSteps(0);
        written.Append(text).Append(keepsPlaces && isLazy ? "?" : "");
        (last, lastRepeat) = (Repeatable.Repeated, start);
    }

    /// <summary><c>{2}</c>, <c>{2,}</c> or <c>{2,3}</c>, and how often that writes the repeated out. Null, without moving: another brace.</summary>
    private (string Text, int Most)? Counts()
    {
        var length = 1;
        while (char.IsAsciiDigit(reader.Peek(length)) || reader.Peek(length) == ',')
        {
            length++;
        }

        var counts = pattern.Substring(reader.At + 1, length - 1).Split(',');
        if (reader.Peek(length) != '}' || counts.Length > 2 || counts[0].Length == 0)
        {
            return null;
        }

        var start = reader.At;
        var text = reader.ReadTo("}") + "}";
        var least = Count(counts[0]);
        var most = counts is [_, { Length: > 0 } second] ? Count(second) : least;
        return least <= most ? (text, Math.Max(1, most)) : throw reader.Error("invalid repeat count", start);

        int Count(string digits) => int.TryParse(digits, out var count) && count <= FilterLimits.PatternSteps
            ? count
            : throw reader.Error("invalid repeat count", start);
    }

    private void WriteCharacter(int character)
    {
        var units = string.Concat(new Rune(character).ToString().Select(Re2Class.Literal));
        opened += character > char.MaxValue ? 1 : 0;
        Write(character > char.MaxValue ? $"({units})" : units);
    }

    private void Write(string atom)
    {
        AddSteps(1);
        written.Append(atom);
        last = Repeatable.Yes;
    }

    private void AddSteps(int next)
    {
        steps += lastSteps;
        lastSteps = next;
        if (steps + lastSteps > FilterLimits.PatternSteps)
        {
            throw new Re2SyntaxException("expression too large");
        }
    }
}

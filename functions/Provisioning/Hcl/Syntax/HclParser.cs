using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>
/// Text to syntax tree, by recursive descent. The first fault ends it: what a parser says after one is mostly noise.
/// </summary>
internal sealed class HclParser
{
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private int _depth;

    private HclParser(SourceText source)
    {
        _tokens = new TokenReader(source, Lexer.Read(source));
        _expressions = new ExpressionParser(_tokens);
    }

    /// <summary>A file: blocks and attributes.</summary>
    /// <exception cref="HclException">It is not HCL, or beyond a limit.</exception>
    public static Body ParseFile(SourceText source) => new HclParser(source).Body(TokenKind.EndOfFile, default);

    /// <summary>One expression and nothing else. Line ends within it say nothing.</summary>
    /// <exception cref="HclException">As of a file.</exception>
    public static Expression ParseExpression(SourceText source)
    {
        var parser = new HclParser(source);
        parser._tokens.PushNewlines(matter: false);
        var expression = parser._expressions.Expression();
        return parser._tokens.Peek() is { Kind: not TokenKind.EndOfFile } extra
            ? throw parser._tokens.Error(extra, "Extra characters after expression", "The expression has ended before this.")
            : expression;
    }

    /// <param name="end">What closes it; it is read.</param>
    /// <param name="head">The block's head.</param>
    private Body Body(TokenKind end, SourceRange head)
    {
        var attributes = new List<HclAttribute>();
        var names = new Dictionary<string, SourceRange>(StringComparer.Ordinal);
        var blocks = new List<HclBlock>();
        while (true)
        {
            var token = _tokens.Read();
            if (token.Kind == end)
            {
                return new Body(attributes, blocks, _tokens.RangeOf(token));
            }

            switch (token.Kind)
            {
                case TokenKind.Newline:
                    break;
                case TokenKind.Identifier when _tokens.PeekKind() == TokenKind.Equal:
                    Add(Attribute(token), attributes, names);
                    EndOfItem("argument");
                    break;
                case TokenKind.Identifier:
                    blocks.Add(Block(token));
                    EndOfItem("block definition");
                    break;
                default:
                    throw NoItem(token, head);
            }
        }
    }

    private static void Add(HclAttribute attribute, List<HclAttribute> attributes, Dictionary<string, SourceRange> names)
    {
        if (!names.TryAdd(attribute.Name, attribute.NameRange))
        {
            throw new HclException(
                attribute.NameRange, "Attribute redefined", $"The argument \"{attribute.Name}\" was already set at {names[attribute.Name]}. Each argument may be set only once.");
        }

        attributes.Add(attribute);
    }

    private HclException NoItem(Token token, SourceRange head) => token.Kind switch
    {
        TokenKind.OpenQuote => _tokens.Error(token, "Invalid argument name", "Argument names must not be quoted."),
        TokenKind.EndOfFile => new HclException(head, "Unclosed configuration block", "The file ends before the closing brace of this block."),
        _ => _tokens.Error(token, "Argument or block definition required", "An argument or block definition is required here."),
    };

    private HclAttribute Attribute(Token name)
    {
        _tokens.Read(); // the equals sign
        return new HclAttribute(_tokens.Text(name), _expressions.Expression(), _tokens.RangeOf(name));
    }

    private void EndOfItem(string item)
    {
        var token = _tokens.Peek();
        if (token.Kind == TokenKind.EndOfFile || _tokens.TryRead(TokenKind.Newline))
        {
            return;
        }

        throw token.Kind == TokenKind.Comma
            ? _tokens.Error(token, $"Unexpected comma after {item}", "Definitions are separated by line ends, not by commas.")
            : _tokens.Error(token, $"Missing newline after {item}", $"The line must end after an {item}.".Replace("an block", "a block", StringComparison.Ordinal));
    }

    private HclBlock Block(Token type)
    {
        var labels = new List<BlockLabel>();
        while (true)
        {
            var token = _tokens.Read();
            switch (token.Kind)
            {
                case TokenKind.OpenBrace:
                    return Block(type, labels);
                case TokenKind.Identifier:
                    labels.Add(new BlockLabel(_tokens.Text(token), _tokens.RangeOf(token)));
                    break;
                case TokenKind.OpenQuote:
                    labels.Add(QuotedLabel(token));
                    break;
                default:
                    throw NoBlock(type, token, labels.Count);
            }
        }
    }

    private HclException NoBlock(Token type, Token token, int labels) => token.Kind switch
    {
        TokenKind.Equal => _tokens.Error(token, "Invalid block definition", "An equals sign sets an argument; a block has none."),
        TokenKind.Newline or TokenKind.EndOfFile when labels == 0 => _tokens.Error(
            type, "Argument or block definition required", "A name alone defines nothing. An argument has an equals sign (\"=\") and a value, a block has braces."),
        TokenKind.Newline => _tokens.Error(token, "Invalid block definition", "The opening brace of a block stands on the line of its head."),
        _ => _tokens.Error(token, "Invalid block definition", "Either a quoted string block label or an opening brace (\"{\") is expected here."),
    };

    private HclBlock Block(Token type, List<BlockLabel> labels)
    {
        var head = _tokens.RangeOf(type);
        if (++_depth > HclLimits.Nesting)
        {
            throw new HclLimitException(head, $"Blocks nest more than {HclLimits.Nesting} deep.");
        }

        // Where there is something on the line of the brace, it is one argument, and the block ends there too.
        var body = _tokens.PeekKind() is TokenKind.Newline or TokenKind.CloseBrace or TokenKind.EndOfFile
            ? Body(TokenKind.CloseBrace, labels.Count == 0 ? head : head.To(labels[^1].Range))
            : OneLineBody();
        _depth--;
        return new HclBlock(_tokens.Text(type), labels, body, head);
    }

    private Body OneLineBody()
    {
        var name = _tokens.Read();
        if (name.Kind != TokenKind.Identifier || _tokens.PeekKind() != TokenKind.Equal)
        {
            throw _tokens.Error(name, "Argument definition required", "A block on one line has one argument: name = value. More of them, and blocks, have lines of their own.");
        }

        var attribute = Attribute(name);
        var end = _tokens.Read();
        return end.Kind == TokenKind.CloseBrace
            ? new Body([attribute], [], _tokens.RangeOf(end))
            : throw _tokens.Error(end, "Invalid single-argument block definition", "A block on one line ends with its brace right after its one argument.");
    }

    private BlockLabel QuotedLabel(Token open)
    {
        var text = "";
        var token = _tokens.Read();
        for (; token.Kind != TokenKind.CloseQuote; token = _tokens.Read())
        {
            text = token.Kind == TokenKind.QuotedText
                ? StringEscapes.Read(_tokens.RangeOf(token), quoted: true)
                : throw _tokens.Error(token, "Invalid string literal", "A label has no template sequences. For the characters themselves, double the first: $${ or %%{.");
        }

        return new BlockLabel(text, _tokens.RangeOf(open).To(_tokens.RangeOf(token)));
    }
}

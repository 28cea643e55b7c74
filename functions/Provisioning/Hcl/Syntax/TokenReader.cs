using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>Tokens one after the other. Within brackets line ends say nothing, and are left out.</summary>
internal sealed class TokenReader(SourceText source, List<Token> tokens)
{
    private readonly Stack<bool> _newlines = new([true]);
    private int _next;

    public SourceText Source => source;

    public Token Peek()
    {
        if (!_newlines.Peek())
        {
            while (tokens[_next].Kind == TokenKind.Newline)
            {
                _next++;
            }
        }

        return tokens[_next];
    }

    public TokenKind PeekKind() => Peek().Kind;

    /// <summary>The end of the file is read as often as one asks.</summary>
    public Token Read()
    {
        var token = Peek();
        if (token.Kind != TokenKind.EndOfFile)
        {
            _next++;
        }

        return token;
    }

    public bool TryRead(TokenKind kind)
    {
        if (PeekKind() != kind)
        {
            return false;
        }

        Read();
        return true;
    }

    public void PushNewlines(bool matter) => _newlines.Push(matter);

    public void PopNewlines() => _newlines.Pop();

    public bool NextIsWord(string word) => Peek() is { Kind: TokenKind.Identifier } token && Span(token).SequenceEqual(word);

    public ReadOnlySpan<char> Span(Token token) => source.Text.AsSpan(token.Start, token.End - token.Start);

    public string Text(Token token) => source.Text[token.Start..token.End];

    public SourceRange RangeOf(Token token) => new(source, token.Start, token.End);

    public HclException Error(Token at, string summary, string detail) => new(RangeOf(at), summary, detail);
}

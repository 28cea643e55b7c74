namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>The modes in quotes and in a heredoc.</summary>
internal sealed partial class Lexer
{
    private void Quoted(Mode mode)
    {
        var start = _at;
        for (; _at < _text.Length; _at++)
        {
            switch (_text[_at])
            {
                case '"':
                    Flush(TokenKind.QuotedText, start);
                    _modes.Pop();
                    Add(TokenKind.CloseQuote, 1);
                    return;
                case '\\' when Next(1) is not ('\n' or '\r' or '\0'):
                    _at++;
                    break;
                case '\n':
                    throw Error(
                        _at, _at + 1, "Invalid multi-line string", "A string in quotes ends on its line. For several lines, write a heredoc (<<EOF) or \\n.");
                case '$' or '%' when IsEscapedOpener():
                    _at += 2;
                    break;
                case '$' or '%' when Next(1) == '{':
                    Flush(TokenKind.QuotedText, start);
                    OpenSequence();
                    return;
            }
        }

        throw Error(mode.Start, mode.Start + 1, "Unterminated template string", "No closing marker was found for the string.");
    }

    private void OpenHeredoc()
    {
        var flush = Next(2) == '-';
        var name = _at + (flush ? 3 : 2);
        var length = IdentifierLength(name);
        var lineEnd = CharAt(name + length) == '\r' ? name + length + 1 : name + length;
        if (length == 0 || CharAt(lineEnd) != '\n')
        {
            throw Error(_at, name + length, "Invalid expression", "A heredoc begins with << or <<-, a name, and the end of the line.");
        }

        Push(new Mode(ModeKind.Heredoc) { Start = _at, Marker = _text.Substring(name, length), AtLineStart = true });
        Add(flush ? TokenKind.OpenFlushHeredoc : TokenKind.OpenHeredoc, lineEnd + 1 - _at);
    }

    private void Heredoc(Mode mode)
    {
        if (mode.LineEnd < _at)
        {
            var newline = _text.IndexOf('\n', _at);
            mode.LineEnd = newline < 0 ? _text.Length : newline;
        }

        var lineEnd = mode.LineEnd;
        if (mode.AtLineStart && _text.AsSpan(_at, lineEnd - _at).Trim().SequenceEqual(mode.Marker))
        {
            var length = lineEnd > _at && _text[lineEnd - 1] == '\r' ? lineEnd - 1 - _at : lineEnd - _at;
            _modes.Pop();
            Add(TokenKind.CloseHeredoc, length);
            return;
        }

        var start = _at;
        for (; _at < lineEnd; _at++)
        {
            if (_text[_at] is '$' or '%')
            {
                if (IsEscapedOpener())
                {
                    _at += 2;
                }
                else if (Next(1) == '{')
                {
                    Flush(TokenKind.HeredocText, start);
                    mode.AtLineStart = false;
                    OpenSequence();
                    return;
                }
            }
        }

        if (lineEnd == _text.Length)
        {
            throw Error(mode.Start, mode.Start + 2, "Unterminated template string", $"The text ends before the line {mode.Marker} that closes the heredoc.");
        }

        _at = lineEnd + 1;
        Flush(TokenKind.HeredocText, start);
        mode.AtLineStart = true;
    }

    private void OpenSequence()
    {
        var kind = _text[_at] == '$' ? TokenKind.OpenInterpolation : TokenKind.OpenDirective;
        Push(new Mode(ModeKind.Sequence) { Start = _at });
        Add(kind, Next(2) == '~' ? 3 : 2);
    }

    /// <summary><c>$${</c> and <c>%%{</c>: the sequence as text.</summary>
    private bool IsEscapedOpener() => Next(1) == _text[_at] && Next(2) == '{';

    private void Flush(TokenKind kind, int start)
    {
        if (_at > start)
        {
            _tokens.Add(new Token(kind, start, _at));
        }
    }
}

namespace Saas.Provisioning.Hcl.Source;

/// <summary>What is wrong, and where.</summary>
/// <param name="Where">Null: it is something that is not there.</param>
/// <param name="Summary">HCL's, by which people find its documentation.</param>
internal sealed record Diagnostic(SourceRange? Where, string Summary, string Detail)
{
    /// <summary>What the text brings into a message may be as long as the text.</summary>
    private const int MaxCharacters = 600;

    /// <summary><c>file:line,column-column: summary; detail</c></summary>
    public override string ToString() => Where is { } where ? $"{where}: {Short(Summary)}; {Short(Detail)}" : $"{Short(Summary)}; {Short(Detail)}";

    private static string Short(string text) => text.Length <= MaxCharacters ? text : $"{text[..MaxCharacters]}…";
}

/// <summary>A text cannot be read, or an expression has no value. It ends what is under way and is caught where the next thing begins.</summary>
internal class HclException(Diagnostic diagnostic) : Exception
{
    public HclException(SourceRange where, string summary, string detail)
        : this(new Diagnostic(where, summary, detail))
    {
    }

    public Diagnostic Diagnostic { get; } = diagnostic;

    /// <summary>Made when it is read: most failures that a text catches are told to nobody.</summary>
    public override string Message => Diagnostic.ToString();
}

/// <summary>A limit is reached. Nothing in the text can catch it, and nothing more is evaluated.</summary>
internal sealed class HclLimitException(Diagnostic diagnostic) : HclException(diagnostic)
{
    public HclLimitException(SourceRange where, string detail)
        : this(new Diagnostic(where, "Limit exceeded", detail))
    {
    }
}

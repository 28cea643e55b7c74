namespace Saas.Provisioning.Hcl.Source;

/// <summary>What is wrong, and where.</summary>
/// <param name="Where">Null: it is something that is not there.</param>
/// <param name="Summary">HCL's, by which people find its documentation.</param>
internal sealed record Diagnostic(SourceRange? Where, string Summary, string Detail)
{
    /// <summary><c>file:line,column-column: summary; detail</c></summary>
    public override string ToString() => Where is { } where ? $"{where}: {Summary}; {Detail}" : $"{Summary}; {Detail}";
}

/// <summary>A text cannot be read, or an expression has no value. It ends what is under way and is caught where the next thing begins.</summary>
internal class HclException(Diagnostic diagnostic) : Exception(diagnostic.ToString())
{
    public HclException(SourceRange where, string summary, string detail)
        : this(new Diagnostic(where, summary, detail))
    {
    }

    public Diagnostic Diagnostic { get; } = diagnostic;
}

/// <summary>A limit is reached. Nothing in the text can catch it, and nothing more is evaluated.</summary>
internal sealed class HclLimitException(Diagnostic diagnostic) : HclException(diagnostic)
{
    public HclLimitException(SourceRange where, string detail)
        : this(new Diagnostic(where, "Limit exceeded", detail))
    {
    }
}

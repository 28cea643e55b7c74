using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>
/// References that mean nothing yet stay as they are written, as in Nomad's job files: <c>${attr.kernel.name}</c>. Where one
/// stands outside of a sequence, one is put around it.
/// </summary>
internal static class KeptReference
{
    /// <summary>Blanks that are kept on each side.</summary>
    private const int MaxBlanks = 100;

    public static string TextOf(SourceRange reference)
    {
        var text = reference.Source.Text;
        var before = reference.Start;
        while (before > 0 && text[before - 1] == ' ' && reference.Start - before < MaxBlanks)
        {
            before--;
        }

        if (before < 2 || text[before - 1] != '{' || text[before - 2] != '$')
        {
            return $"${{{reference.Text}}}";
        }

        var after = reference.End;
        while (after < text.Length && text[after] == ' ' && after - reference.End < MaxBlanks)
        {
            after++;
        }

        return after < text.Length && text[after] == '}'
            ? text[(before - 2)..(after + 1)]
            : text[(before - 2)..reference.End] + "}";
    }
}

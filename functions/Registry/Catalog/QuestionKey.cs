using System.Globalization;
using System.Text;

namespace Saas.Registry.Catalog;

/// <summary>Builds <see cref="Consul.Question.Key"/>s: parts that differ never give the same key, whatever is in them.</summary>
internal sealed class QuestionKey(string endpoint, string datacenter)
{
    private readonly StringBuilder _text = new StringBuilder(endpoint).Append('|').Append(datacenter);

    public QuestionKey With(string part)
    {
        _text.Append('|').Append(part.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(part);
        return this;
    }

    public QuestionKey With(IEnumerable<string> parts)
    {
        foreach (var part in parts)
        {
            With(part);
        }

        _text.Append('.');
        return this;
    }

    public override string ToString() => _text.ToString();
}

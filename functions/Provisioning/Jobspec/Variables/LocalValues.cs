using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;
using Saas.Provisioning.Jobspec.Mapping;

namespace Saas.Provisioning.Jobspec.Variables;

/// <summary>
/// The blocks <c>locals { }</c>. They may refer to each other in any order, so each is evaluated when all that it refers to are; what is
/// left refers to itself by way of others.
/// </summary>
internal sealed class LocalValues(Evaluator evaluator, Faults faults)
{
    private readonly Dictionary<string, HclAttribute> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HclValue> _values = new(StringComparer.Ordinal);

    public void Add(HclBlock block)
    {
        foreach (var attribute in OnlyAttributes.Of(block))
        {
            if (!_written.TryAdd(attribute.Name, attribute))
            {
                faults.Add(new Diagnostic(attribute.NameRange, "Duplicate value in locals", $"Duplicate {attribute.Name} definition found."));
            }
        }
    }

    /// <param name="names">What else they may use.</param>
    /// <returns>The object <c>local</c>.</returns>
    public HclMapping Evaluate(Func<HclMapping, Scope> names)
    {
        var waitsFor = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var local in _written.Values)
        {
            waitsFor[local.Name] = [];
            faults.Collect(() => waitsFor[local.Name] = Needs(local));
        }

        var waiting = waitsFor.SelectMany(local => local.Value, (local, needed) => (Needed: needed, local.Key)).ToLookup(pair => pair.Needed, pair => pair.Key);
        var ready = new Queue<string>(_written.Keys.Where(name => waitsFor[name].Count == 0));
        var done = 0;
        for (; ready.TryDequeue(out var name); done++)
        {
            faults.Collect(() => _values[name] = evaluator.Evaluate(_written[name].Value, names(Seen(name))));
            foreach (var next in waiting[name])
            {
                if (waitsFor[next].Remove(name) && waitsFor[next].Count == 0)
                {
                    ready.Enqueue(next);
                }
            }
        }

        if (done < _written.Count)
        {
            var circle = _written.Values.First(local => waitsFor[local.Name].Count > 0);
            faults.Add(new Diagnostic(
                circle.NameRange, "Circular reference in locals", $"The value of local.{circle.Name} is needed to find it, by way of local.{waitsFor[circle.Name].Order(StringComparer.Ordinal).First()}."));
        }

        return HclMapping.Object(_values);
    }

    /// <summary>The others that it names. One that is not there is found out when it is evaluated.</summary>
    private HashSet<string> Needs(HclAttribute local) =>
    [
        .. References.Of(local.Value).Where(reference => reference.Root == "local").SelectMany(IEnumerable<string> (reference) => reference.Steps switch
        {
            [AttributeStep step, ..] => _written.ContainsKey(step.Name) ? [step.Name] : [],
            [IndexStep { Key: HclString key }, ..] => _written.ContainsKey(key.Text) ? [key.Text] : [],
            _ => throw new HclException(reference.Range, "Invalid reference in locals", "Among locals, another one is named: local.name."),
        }),
    ];

    /// <summary>What an expression may see: of all, only those that it names, so that a thousand locals are no million lookups.</summary>
    private HclMapping Seen(string name)
    {
        var needed = Needs(_written[name]).Where(_values.ContainsKey);
        return HclMapping.Object(needed.ToDictionary(other => other, other => _values[other], StringComparer.Ordinal));
    }
}

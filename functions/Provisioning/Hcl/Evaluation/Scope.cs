using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>The names that an expression may use, within those around it. Immutable.</summary>
internal sealed class Scope
{
    /// <summary>Where nothing may be used, functions neither: defaults of variables.</summary>
    public static readonly Scope None = new(null, new Dictionary<string, HclValue>(StringComparer.Ordinal)) { AllowsNothing = true };

    private readonly Scope? _around;
    private readonly IReadOnlyDictionary<string, HclValue> _names;
    private readonly ElementExpression? _place;
    private readonly HclValue? _element;

    public Scope(Scope? around, IReadOnlyDictionary<string, HclValue> names)
    {
        (_around, _names) = (around, names);
        KeepsUnknownNames = around?.KeepsUnknownNames ?? false;
    }

    private Scope(Scope around, ElementExpression place, HclValue element)
        : this(around, new Dictionary<string, HclValue>(StringComparer.Ordinal)) => (_place, _element) = (place, element);

    public bool AllowsNothing { get; private init; }

    /// <summary>A name that is not known stays as text: <c>${name}</c>, which something later knows.</summary>
    public bool KeepsUnknownNames { get; init; }

    public Scope With(string name, HclValue value) => new(this, new Dictionary<string, HclValue>(StringComparer.Ordinal) { [name] = value });

    public Scope At(ElementExpression place, HclValue element) => new(this, place, element);

    public HclValue? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope._around)
        {
            if (scope._names.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return null;
    }

    /// <exception cref="InvalidOperationException">No splat is at that element.</exception>
    public HclValue ElementAt(ElementExpression place)
    {
        for (var scope = this; scope is not null; scope = scope._around)
        {
            if (ReferenceEquals(scope._place, place))
            {
                return scope._element!;
            }
        }

        throw new InvalidOperationException("An element outside of its splat.");
    }
}

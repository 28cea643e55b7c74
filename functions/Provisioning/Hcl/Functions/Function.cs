using System.Numerics;
using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>A function of the language: of its arguments alone.</summary>
/// <param name="Rest">Any number of further arguments; null: none.</param>
/// <param name="Body">Throws <see cref="HclValueException"/> for what it cannot do.</param>
internal sealed record Function(string Name, IReadOnlyList<Parameter> Parameters, Parameter? Rest, Func<FunctionCall, HclValue> Body)
{
    /// <summary>It takes no longer for a large collection than for a small one.</summary>
    public bool LooksAtOne { get; init; }

    public string CountText => Rest is null ? $"{Parameters.Count}" : $"at least {Parameters.Count}";

    public static Function Of(string name, IReadOnlyList<Parameter> parameters, Func<FunctionCall, HclValue> body) => new(name, parameters, null, body);

    public static Function Of(string name, IReadOnlyList<Parameter> parameters, Parameter rest, Func<FunctionCall, HclValue> body) => new(name, parameters, rest, body);
}

/// <param name="Type">Arguments are converted to it.</param>
internal sealed record Parameter(string Name, HclType Type, bool AllowsNull = false)
{
    public static Parameter Text(string name) => new(name, HclType.Text);

    public static Parameter Number(string name) => new(name, HclType.Number);

    public static Parameter Any(string name) => new(name, HclType.Any);

    public static Parameter AnyOrNull(string name) => new(name, HclType.Any, AllowsNull: true);

    public static Parameter List(string name) => new(name, HclType.ListOf(HclType.Any));

    public static Parameter Texts(string name) => new(name, HclType.ListOf(HclType.Text));
}

/// <summary>Arguments, as many as the function has parameters and of their types; and what the work is counted by.</summary>
internal readonly record struct FunctionCall(IReadOnlyList<HclValue> Arguments, WorkBudget Budget)
{
    public HclValue this[int index] => Arguments[index];

    public string Text(int index) => ((HclString)Arguments[index]).Text;

    public HclNumber Number(int index) => (HclNumber)Arguments[index];

    public HclSequence Sequence(int index) => (HclSequence)Arguments[index];

    /// <exception cref="HclValueException">It is not a whole number of at most 32 bits.</exception>
    public int Int(int index) => Number(index).ToInt64() is { } value and >= int.MinValue and <= int.MaxValue
        ? (int)value
        : throw new HclValueException("a whole number is required");

    /// <exception cref="HclValueException">It is not a whole number.</exception>
    public BigInteger Whole(int index) => Number(index).IsWhole ? Number(index).Truncate() : throw new HclValueException("a whole number is required");

    /// <exception cref="HclValueException">An element is null.</exception>
    public IEnumerable<string> Texts(int index) => Sequence(index).Elements.Select(element => Conversion.ToText(element));
}

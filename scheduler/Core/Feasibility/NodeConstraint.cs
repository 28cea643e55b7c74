using System.Globalization;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>
/// <c>left operator right</c> over a node, parsed once. Operators and what they say of missing values are Nomad's
/// (https://developer.hashicorp.com/nomad/docs/job-specification/constraint). Immutable, safe for concurrent use.
/// </summary>
public sealed class NodeConstraint
{
    private readonly Target _left;
    private readonly Target _right;
    private readonly Comparison? _comparison;

    public NodeConstraint(string left, string operand, string right)
    {
        (Left, Operand, Right) = (left, operand, right);
        (_left, _right) = (Target.Parse(left), Target.Parse(right));
        _comparison = Comparisons.Of(operand);
    }

    public string Left { get; }
    public string Operand { get; }
    public string Right { get; }

    /// <summary>It is about a job's other allocations, not about the node: see <see cref="GroupFeasibility"/>.</summary>
    internal bool IsDistinctHosts => Operand == Comparisons.DistinctHosts && Right != "false";

    internal bool DiffersWithinClass => _left.DiffersWithinClass || _right.DiffersWithinClass;

    /// <summary>False also where the operator is unknown or an operand cannot be read: what is not understood does not hold.</summary>
    public bool Holds(NodeSpec node) =>
        Operand == Comparisons.DistinctHosts
        || (Operand == Comparisons.DistinctProperty && _left.Resolve(node) is not null)
        || (_comparison is not null && _comparison(_left.Resolve(node), _right.Resolve(node)));

    /// <summary>Over a group of devices: <c>${device.…}</c>. Amounts with units are compared as amounts.</summary>
    public bool Holds(NodeDevices devices) =>
        _comparison is not null
        && _comparison(Quantity.Normalise(_left.Resolve(devices)), Quantity.Normalise(_right.Resolve(devices)));

    /// <summary>The attribute whose values must not repeat more often than <see cref="MaxPerValue"/>; null: it is another constraint.</summary>
    internal Target? DistinctProperty => Operand == Comparisons.DistinctProperty ? _left : null;

    /// <summary>Of distinct_property: allocations that may share a value; 1 unless the right side says otherwise.</summary>
    internal int MaxPerValue => int.TryParse(Right, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 1;

    /// <summary>As users read it in placement metrics.</summary>
    public override string ToString() =>
        Left.Length == 0 ? Operand : Right.Length == 0 ? $"{Left} {Operand}" : $"{Left} {Operand} {Right}";
}

/// <summary>An operator; null stands for a value the node does not have.</summary>
internal delegate bool Comparison(string? left, string? right);

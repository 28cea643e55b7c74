namespace Saas.Provisioning.Hcl;

/// <summary>What a text, and what is made of it, may cost: the text is a stranger's.</summary>
internal static class HclLimits
{
    /// <summary>Of a text in UTF-8.</summary>
    public const int TextBytes = 1 << 20;

    public const int NameCharacters = 1000;

    /// <summary>How deep brackets, blocks, templates and operators nest, together.</summary>
    public const int Nesting = 100;

    /// <summary>How high a syntax tree is: a chain <c>a + b + c</c> is as high as it is long.</summary>
    public const int TreeHeight = 250;

    /// <summary>How deep a value is nested.</summary>
    public const int ValueDepth = 32;

    /// <summary>Characters of one value, and <see cref="NodeWeight"/> for each node, counted as often as they are seen in it.</summary>
    public const long ValueWeight = 4 << 20;

    public const int NodeWeight = 8;

    /// <summary>
    /// Of one text: <see cref="StepUnits"/> for each step of evaluation, and the weights of what functions are given and make.
    /// All of it is some tenths of a second.
    /// </summary>
    public const long Work = 64 << 20;

    public const int StepUnits = 16;

    /// <summary>What a block costs: it is an object with many members where the text has a few characters.</summary>
    public const int BlockUnits = 1024;

    /// <summary>What a value costs by weight when it becomes a part of the result.</summary>
    public const int OutputUnits = 8;

    /// <summary>What a failure costs that the text catches.</summary>
    public const int FailureUnits = 1 << 14;

    /// <summary>Values that <c>range</c> makes; the function's own limit.</summary>
    public const int RangeValues = 1024;

    /// <summary>Faults that are told; what follows is mostly their consequence.</summary>
    public const int Faults = 25;
}

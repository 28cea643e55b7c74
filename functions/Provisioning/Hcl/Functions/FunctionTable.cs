using System.Collections.Frozen;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>Functions by name, and why some that the language has elsewhere are not there. <c>can</c>, <c>try</c> and <c>convert</c> are the evaluator's.</summary>
internal sealed class FunctionTable(IEnumerable<Function> functions, IReadOnlyDictionary<string, string> refused)
{
    private readonly FrozenDictionary<string, Function> _functions = functions.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Those that Nomad's job files have, as its server allows them.</summary>
    public static FunctionTable Standard { get; } = new(
        [
            .. NumberFunctions.All, .. TextFunctions.All, .. FormatFunctions.All, .. ListFunctions.All, .. MapFunctions.All, .. SetFunctions.All,
            .. EncodingFunctions.All, .. HashFunctions.All, .. DateFunctions.All, .. NetworkFunctions.All,
        ],
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["abspath"] = NoFiles,
            ["basename"] = NoFiles,
            ["dirname"] = NoFiles,
            ["file"] = NoFiles,
            ["filebase64"] = NoFiles,
            ["fileexists"] = NoFiles,
            ["fileset"] = NoFiles,
            ["pathexpand"] = NoFiles,
            ["bcrypt"] = "its result is another each time, so each reading of a file would make another job; put the finished hash into a variable",
        });

    public IEnumerable<string> Names => _functions.Keys;

    private const string NoFiles = "filesystem function disabled";

    public Function? Find(string name) => _functions.GetValueOrDefault(name);

    /// <returns>Null: nobody knows the function.</returns>
    public string? ReasonAgainst(string name) => refused.GetValueOrDefault(name);
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

namespace Saas.Provisioning.Nomad;

/// <summary>Parameters in the query that Nomad reads as Go reads them, and refuses in these words where it cannot.</summary>
internal static class QueryFlags
{
    /// <summary>Absent or empty: false.</summary>
    /// <exception cref="ProblemException">Nomad's 500: neither true nor false.</exception>
    public static bool Flag(this ApiRequest request, string name) => request.Query(name) switch
    {
        null or "" => false,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        var text => throw Failed(name, text, "bool", "ParseBool"),
    };

    /// <summary>Null: absent or empty.</summary>
    /// <exception cref="ProblemException">Nomad's 500: not a whole number.</exception>
    public static long? Number(this ApiRequest request, string name, string type = "int") => request.Query(name) switch
    {
        null or "" => null,
        var text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Failed(name, text, type, "Atoi"),
    };

    private static ProblemException Failed(string name, string text, string type, string function)
    {
        var cut = text.Length > 64 ? text[..64] : text;
        return new(Problem.Invalid(name, $"Expected {(type == "bool" ? "true or false" : "a whole number")}.")
            .AsRefusal($"Failed to parse value of \"{name}\" ({cut}) as a {type}: strconv.{function}: parsing \"{cut}\": invalid syntax"));
    }
}

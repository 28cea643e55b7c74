using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Problems;

namespace Saas.Provisioning.Nomad;

/// <summary>
/// Problems in Nomad's words. Nomad's HTTP layer refuses with 400 and 404; what its servers refuse comes as 500, also an
/// invalid job. Clients tell the latter apart by their first words, which are kept.
/// </summary>
internal static class NomadErrors
{
    /// <param name="what">As Nomad calls it: <c>job</c>, <c>alloc</c>, <c>eval</c>, <c>node</c>, <c>deployment</c>.</param>
    public static Problem NotFound(string what) =>
        Problem.NotFound(what) with { Peer = new PeerError(StatusCodes.Status404NotFound, $"{what} not found") };

    /// <summary>What the HTTP layer refuses.</summary>
    public static Problem BadRequest(string field, string text) =>
        Problem.Invalid(field, text) with { Peer = new PeerError(StatusCodes.Status400BadRequest, text) };

    /// <summary>The problem, where Nomad's servers would refuse.</summary>
    /// <param name="text">Nomad's; null: what the problem says of itself.</param>
    public static Problem AsRefusal(this Problem problem, string? text = null) =>
        problem with { Peer = new PeerError(StatusCodes.Status500InternalServerError, text ?? problem.Detail ?? problem.Title) };

    /// <summary>All faults of a job at once.</summary>
    public static Problem Invalid(IReadOnlyList<FieldError> faults) => Problem.Invalid(faults).AsRefusal(TextOf(faults));

    /// <summary>In the form of the library that Nomad collects its errors with: its clients print it as it is.</summary>
    public static string TextOf(IReadOnlyList<FieldError> faults)
    {
        var head = faults.Count == 1 ? "1 error occurred:" : string.Create(CultureInfo.InvariantCulture, $"{faults.Count} errors occurred:");
        return $"{head}\n{string.Concat(faults.Select(static fault => $"\t* {TextOf(fault)}\n"))}\n";
    }

    public static string TextOf(FieldError fault) => fault.Field.Length == 0 ? fault.Message : $"{fault.Field}: {fault.Message}";
}

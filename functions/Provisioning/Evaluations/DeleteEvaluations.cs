using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Evaluations;

/// <summary>
/// Nomad deletes evaluations only while its operator has paused the broker of them, which is the whole platform's here and
/// never paused: what Nomad answers then is the whole of it. Evaluations that are answered go by themselves.
/// </summary>
internal static class DeleteEvaluations
{
    private const int MaxIds = 7281;

    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/evaluations", RouteAccess.Requires("evaluations:delete", ResourceNames.Tenant), HandleAsync)
            .Summary("Refused: the broker of evaluations is never paused.")
            .Accepts(ProvisioningJson.Strict.DeleteEvaluationsRequest)
            .Problems(StatusCodes.Status409Conflict);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.DeleteEvaluationsRequest, null, ct);
        var (ids, hasFilter) = (body.EvalIDs?.Count ?? 0, !string.IsNullOrEmpty(body.Filter));
        return ids > 0 && hasFilter ? NomadErrors.BadRequest("EvalIDs", "evals cannot be deleted by both ID and filter")
            : ids == 0 && !hasFilter ? NomadErrors.BadRequest("EvalIDs", "evals must be deleted by either ID or filter")
            : ids > MaxIds ? NomadErrors.BadRequest("EvalIDs", $"request includes {ids} evaluation IDs, must be {MaxIds} or fewer")
            : Problem.Conflict("evaluations-not-paused", "eval broker is enabled; eval broker must be paused to delete evals").AsRefusal();
    }
}

internal sealed record DeleteEvaluationsRequest : WriteRequestBody
{
    public IReadOnlyList<string>? EvalIDs { get; init; }
    public string? Filter { get; init; }
}

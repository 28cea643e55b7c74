using System.Diagnostics;
using System.Net;
using Saas.Hosting.Audit;
using Saas.Hosting.Modules;
using Saas.Hosting.Routing;

namespace Saas.Hosting.Pipeline;

/// <summary>A request as the audit log tells it.</summary>
internal static class AuditEvents
{
    /// <summary>A batch may have an error for each of its items; the record has room for what was wrong, not for all of it.</summary>
    private const int MaxErrorLength = 1000;

    public static AuditEvent Of(ApiRoute route, ApiRequest request, IPAddress address, string kind, int status)
    {
        var principal = route.Access.IsPublic ? null : request.Principal;
        return new AuditEvent
        {
            Kind = kind,
            ActorKind = principal is null ? Actors.Anonymous : Actors.KindOf(principal.Kind),
            ActorId = principal?.Id ?? request.Actor ?? "",
            ActorName = principal?.Name,
            Action = route.Access.Action ?? route.ToString(),
            Resource = request.Resource,
            Route = route.ToString(),
            Status = status,
            Address = address.ToString(),
            TraceId = Activity.Current?.TraceId.ToHexString(),
            ProjectId = request.AuditDetails.ProjectId,
            Error = request.AuditDetails.Error is { Length: > MaxErrorLength } error ? error[..MaxErrorLength] : request.AuditDetails.Error,
            Request = Json(request.AuditDetails.Request),
            Response = Json(request.AuditDetails.Response),
        };
    }

    private static RawJson? Json(ReadOnlyMemory<byte> canonical) => canonical.IsEmpty ? null : new RawJson(canonical);
}

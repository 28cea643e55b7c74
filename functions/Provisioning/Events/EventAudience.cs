using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Rows;
using Saas.Provisioning.Jobs;
using Saas.Storage;

namespace Saas.Provisioning.Events;

/// <summary>Who listens, to what: the topics asked for, in the namespaces asked for, as far as the caller may list such things.</summary>
internal sealed class EventAudience
{
    private readonly Authorizer _authorizer;
    private readonly Principal _principal;
    private readonly TenantScope _tenant;
    private readonly EventTopics _topics;

    /// <summary>Null: of all.</summary>
    private readonly string? _projectId;

    private EventAudience(ApiRequest request, EventTopics topics, string? projectId) =>
        (_authorizer, _principal, _tenant, _topics, _projectId) = (request.Service<Authorizer>(), request.Principal, request.Tenant, topics, projectId);

    /// <exception cref="ProblemException">403: a topic is named that the caller may not list. 404: there is no such namespace.</exception>
    public static async Task<EventAudience> OfAsync(ApiRequest request, EventTopics topics, CancellationToken ct)
    {
        var project = request.Namespace() == ProjectRequests.All ? null : await request.ProjectAsync(ct);
        var audience = new EventAudience(request, topics, project?.Id);
        foreach (var topic in topics.Named.Where(EventTopic.Each.Contains))
        {
            var resource = topic == EventTopic.Node ? ResourceNames.Node("*") : ResourceNames.Project(project?.Id ?? ProjectRequests.All);
            if (!audience.May(topic, resource))
            {
                throw new ProblemException(Problem.Of("forbidden", "Not allowed.", Microsoft.AspNetCore.Http.StatusCodes.Status403Forbidden, $"{ActionOf(topic)} on {resource} is not allowed."));
            }
        }

        return audience;
    }

    /// <summary>Of a topic not named, what the caller may not list is left out.</summary>
    public bool Wants(ClusterEvent e) =>
        (e.ProjectId is null || _projectId is null || e.ProjectId == _projectId) && _topics.Matches(e)
        && May(e.Topic, e.ProjectId is null ? ResourceNames.Node("*") : ResourceNames.Project(e.ProjectId));

    /// <summary>Whether the caller's key still is one.</summary>
    public async Task<bool> IsValidAsync(DateTimeOffset now, CancellationToken ct)
    {
        if (_principal.ExpiresAt <= now)
        {
            return false;
        }

        var key = await _tenant.IdentityRows().GetAsync(IdentityTable.Key(_principal.Id), IdentityJson.Default.ApiKeyRecord, ct);
        return key is { Value.RevokedAt: null };
    }

    private bool May(string topic, string resource) => _authorizer.Decide(_principal, ActionOf(topic), resource).IsAllowed;

    private static string ActionOf(string topic) => topic switch
    {
        EventTopic.Job => "jobs:list",
        EventTopic.Evaluation => "evaluations:list",
        EventTopic.Allocation => "allocations:list",
        EventTopic.Deployment => "deployments:list",
        EventTopic.Node => "nodes:list",
        _ => throw new InvalidOperationException($"{topic} is no topic."),
    };
}

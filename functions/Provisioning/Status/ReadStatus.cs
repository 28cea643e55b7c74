using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Rows;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Quotas;

namespace Saas.Provisioning.Status;

/// <summary>
/// What Nomad's clients ask of servers and of themselves. The platform is one server to them, at the address they have used: it
/// always has a leader, and needs no peers.
/// </summary>
internal static class ReadStatus
{
    private const int ServerPort = 4647;

    /// <summary>Whose API this answers.</summary>
    private const string NomadVersion = "1.10.0";

    private static readonly RouteAccess Reader = RouteAccess.Requires("cluster:read", ResourceNames.Tenant);

    public static void Map(IRouteTable routes)
    {
        Texts("/v1/status/peers", static (request, _) => [AddressOf(request)], "The servers: one.");
        Texts("/v1/agent/servers", static (request, _) => [AddressOf(request)], "The servers: one.");
        Texts("/v1/regions", static (_, regions) => regions, "The tenant's regions; global as long as it has none.");
        routes.Map("GET", "/v1/status/leader", Reader, static (request, _) => Task.FromResult(NomadResponses.Ok(request, AddressOf(request), ProvisioningJson.Default.String, 1)))
            .Summary("The server's address.").Produces(StatusCodes.Status200OK, ProvisioningJson.Default.String);
        routes.Map("GET", "/v1/agent/self", Reader, SelfAsync)
            .Summary("The server.").Produces(StatusCodes.Status200OK, ProvisioningJson.Default.AgentSelfBody);
        routes.Map("GET", "/v1/agent/members", Reader, MembersAsync)
            .Summary("The servers: one in each region.").Produces(StatusCodes.Status200OK, ProvisioningJson.Default.ServerMembersBody);
        routes.Map("GET", "/v1/agent/health", RouteAccess.Public("Says nothing of any tenant; Nomad's needs no token either."), static (_, _) =>
                Task.FromResult(Results.Json(new AgentHealthBody(new HealthBody(true, "ok")), ProvisioningJson.Default.AgentHealthBody)))
            .Summary("Whether the server serves.").Produces(StatusCodes.Status200OK, ProvisioningJson.Default.AgentHealthBody);
        routes.Map("GET", "/v1/acl/token/self", RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource), TokenAsync)
            .Summary("The caller's API key, without its secret.").Produces(StatusCodes.Status200OK, ProvisioningJson.Default.AclTokenBody);
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, "/v1/system/gc", RouteAccess.Requires("cluster:gc", ResourceNames.Tenant), DoneAsync)
                .Summary("Nothing to do: what is over goes by itself.").Produces(StatusCodes.Status200OK);
            routes.Map(method, "/v1/system/reconcile/summaries", RouteAccess.Requires("cluster:gc", ResourceNames.Tenant), DoneAsync)
                .Summary("Nothing to do: summaries are counted when they are read.").Produces(StatusCodes.Status200OK);
        }

        void Texts(string path, Func<ApiRequest, IReadOnlyList<string>, IReadOnlyList<string>> texts, string summary) =>
            routes.Map("GET", path, Reader, async (request, ct) =>
                    NomadResponses.Ok(request, texts(request, await RegionsAsync(request, ct)), ProvisioningJson.Default.IReadOnlyListString, 1))
                .Summary(summary).Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListString);
    }

    private static string HostOf(ApiRequest request) => request.Http.Request.Host.Host;

    private static string AddressOf(ApiRequest request) => string.Create(CultureInfo.InvariantCulture, $"{HostOf(request)}:{ServerPort}");

    private static async Task<IReadOnlyList<string>> RegionsAsync(ApiRequest request, CancellationToken ct) =>
        await QuotaRows.RegionsAsync(request.Tenant, ct) is { Count: > 0 } regions ? regions : [NomadRegions.Global];

    private static async Task<IResult> SelfAsync(ApiRequest request, CancellationToken ct)
    {
        var region = (await RegionsAsync(request, ct))[0];
        var body = new AgentSelfBody(
            new AgentConfigBody(region, region, HostOf(request), new AgentVersionBody(NomadVersion), new AgentAclBody(true)),
            MemberOf(request, region),
            new Dictionary<string, IReadOnlyDictionary<string, string>> { ["nomad"] = new Dictionary<string, string> { ["server"] = "true", ["leader"] = "true" } });
        return NomadResponses.Ok(request, body, ProvisioningJson.Default.AgentSelfBody, 1);
    }

    private static async Task<IResult> MembersAsync(ApiRequest request, CancellationToken ct)
    {
        var regions = await RegionsAsync(request, ct);
        var body = new ServerMembersBody(HostOf(request), regions[0], regions[0], [.. regions.Select(region => MemberOf(request, region))]);
        return NomadResponses.Ok(request, body, ProvisioningJson.Default.ServerMembersBody, 1);
    }

    private static AgentMemberBody MemberOf(ApiRequest request, string region) => new(
        $"{HostOf(request)}.{region}", HostOf(request), ServerPort,
        new Dictionary<string, string>
        {
            ["role"] = "nomad", ["region"] = region, ["dc"] = region, ["build"] = NomadVersion, ["port"] = ServerPort.ToString(CultureInfo.InvariantCulture), ["vsn"] = "1",
        },
        "alive");

    private static async Task<IResult> TokenAsync(ApiRequest request, CancellationToken ct)
    {
        var principal = request.Principal;
        var key = (await request.Tenant.IdentityRows().GetAsync(IdentityTable.Key(principal.Id), IdentityJson.Default.ApiKeyRecord, ct))?.Value;
        var body = new AclTokenBody
        {
            AccessorID = principal.Id,
            Name = principal.Name,
            Type = key?.KeepsOwnership is true ? "management" : "client",
            Policies = [.. principal.Policies.Select(static policy => policy.Name).Distinct(StringComparer.Ordinal)],
            CreateTime = key?.CreatedAt.UtcDateTime ?? GoTime.Zero,
            ExpirationTime = principal.ExpiresAt?.UtcDateTime,
        };
        return NomadResponses.Ok(request, body, ProvisioningJson.Default.AclTokenBody, 1);
    }

    private static Task<IResult> DoneAsync(ApiRequest request, CancellationToken ct)
    {
        NomadAnswer.SetHeaders(request.Http.Response.Headers, 1);
        return Task.FromResult(Results.Ok());
    }
}

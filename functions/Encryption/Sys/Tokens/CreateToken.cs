using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Keys;

namespace Saas.Encryption.Sys.Tokens;

/// <summary>
/// POST /v1/auth/token/create: a token for a time, that may do no more than the caller and ends with it, as Terraform
/// makes one for every run. Made in a namespace, it is confined to that project.
/// </summary>
internal static class CreateToken
{
    private const int MaxMeta = 16;
    private const int MaxMetaLength = 512;
    private const int MaxName = IdentityLimits.MaxNameLength - 16;

    public static void Map(IRouteTable routes)
    {
        var access = RouteAccess.Requires("tokens:create", ResourceAsync);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/create", access, "Makes a token that ends with the caller's.", (r, ct) => HandleAsync(r, false, ct), TokenRequests.MountType);
        routes.MapSystem(VaultVerb.Write, "/v1/auth/token/create-orphan", access, "Makes a token that stands alone; needs keys:create too.", (r, ct) => HandleAsync(r, true, ct), TokenRequests.MountType);
        routes.MapSystem(
            VaultVerb.Write, "/v1/auth/token/create/{role}", access, "Refused: there are no token roles.",
            (_, _) => ValueTask.FromResult(VaultResponse.BadRequest("there are no token roles here: name policies instead")), TokenRequests.MountType);
    }

    /// <summary>The project a token will be confined to; a confined caller need not say.</summary>
    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        if (VaultTargets.NamespaceOf(request).Length == 0)
        {
            return request.Principal.ProjectScope is { } only ? ResourceNames.Project(only) + "/token" : "token";
        }

        var project = await VaultTargets.ProjectOf(request, ct);
        request.Found = new VaultTarget(project, null);
        return project.ResourcePrefix + "token";
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, bool isOrphan, CancellationToken ct)
    {
        var fields = request.Fields(
            "id", "policies", "meta", "no_parent", "no_default_policy", "renewable", "lease", "ttl", "type", "explicit_max_ttl",
            "display_name", "num_uses", "period", "entity_alias");
        if (Refusal(fields) is { } refusal)
        {
            return VaultResponse.BadRequest(refusal);
        }

        if (request.Principal.Kind != PrincipalKind.ApiKey)
        {
            return VaultResponse.BadRequest("an agent's access token cannot make tokens");
        }

        isOrphan |= fields.Bool("no_parent", false);
        if (isOrphan && !request.May("keys:create", ResourceNames.Key("*")))
        {
            return VaultResponse.BadRequest("root or sudo privileges required to create orphan token");
        }

        var asked = new TokenRequest
        {
            Name = NameOf(fields.String("display_name")),
            Policies = TokenPolicies.Asked(fields.Strings("policies")),
            ProjectId = (request.Api.Found as VaultTarget)?.ProjectId,
            IsOrphan = isOrphan,
            Ttl = Positive(fields, "ttl") ?? Positive(fields, "lease") ?? TimeSpan.Zero,
            ExplicitMaxTtl = Positive(fields, "explicit_max_ttl") ?? TimeSpan.Zero,
            Period = Positive(fields, "period") ?? TimeSpan.Zero,
            Renewable = fields.Bool("renewable", true),
            Meta = MetaOf(fields),
        };
        var outcome = await request.Service<Identity.Keys.Tokens>().CreateAsync(request.Tenant, request.Principal, asked, ct);
        return outcome.IsDone ? await AnswerAsync(request, outcome.Value, asked, ct) : VaultResponse.BadRequest(outcome.Error.Detail);
    }

    private static async ValueTask<VaultResponse> AnswerAsync(VaultRequest request, IssuedApiKey issued, TokenRequest asked, CancellationToken ct)
    {
        var (key, now) = (issued.Record, request.Service<TimeProvider>().GetUtcNow());
        var wanted = asked.Period > TimeSpan.Zero ? asked.Period : asked.Ttl;
        if (key.ExpiresAt - key.CreatedAt < wanted)
        {
            request.Warn($"TTL of \"{(long)wanted.TotalSeconds}s\" exceeded what the token may have by its own terms or its parent's; TTL value is capped accordingly");
        }

        request.IssuedAccessor = key.Id;
        var policies = await TokenPolicies.NamesOfAsync(Identity.Rows.IdentityTable.IdentityRows(request.Tenant), key, ct);
        return TokenView.AuthOf(key, issued.Secret, policies, now);
    }

    /// <summary>What Vault has and we do not, said rather than left out.</summary>
    private static string? Refusal(VaultFields fields)
    {
        if (fields.Int("num_uses", 0) != 0)
        {
            return fields.Int("num_uses", 0) < 0 ? "number of uses cannot be negative" : "tokens with a number of uses are not supported here: give a short ttl instead";
        }

        return fields.String("type") switch
        {
            null or "" or "service" => fields.String("id") is { Length: > 0 } ? "a token's id cannot be chosen here"
                : fields.String("entity_alias") is { Length: > 0 } ? "there are no entities here: entity_alias cannot be given"
                : null,
            "batch" => "batch tokens are not supported here",
            _ => "invalid 'token_type' value",
        };
    }

    private static TimeSpan? Positive(VaultFields fields, string name) => fields.Duration(name) switch
    {
        null => null,
        { } time when time >= TimeSpan.Zero => time,
        _ => throw VaultException.BadRequest($"{name} must be positive"),
    };

    private static string NameOf(string? displayName)
    {
        var name = new string([.. (displayName ?? "").Take(MaxName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]).TrimEnd('-');
        return name.Length == 0 ? "token" : name;
    }

    private static Dictionary<string, string>? MetaOf(VaultFields fields)
    {
        if (fields.Find("meta") is not { } meta)
        {
            return null;
        }

        if (meta.ValueKind != JsonValueKind.Object || meta.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
        {
            throw VaultException.BadRequest("Field validation failed: error converting input for field \"meta\": expected strings by name");
        }

        var pairs = meta.EnumerateObject().DistinctBy(p => p.Name).ToDictionary(p => p.Name, p => p.Value.GetString()!);
        return pairs.Count <= MaxMeta && pairs.All(p => p.Key.Length + p.Value.Length <= MaxMetaLength)
            ? pairs
            : throw VaultException.BadRequest($"meta has at most {MaxMeta} entries of {MaxMetaLength} characters");
    }
}

using Saas.Contracts;
using Saas.Identity.Access;

namespace Saas.Identity.Tests.Access;

public class AuthorizerTests
{
    private readonly Authorizer _authorizer = new();

    [Fact]
    public void Decide_NoPolicies_DeniesByDefault() =>
        Assert.Equal(AccessReason.NothingAllows, Decide(Key(), "jobs:read", "project/prj_1").Reason);

    [Fact]
    public void Decide_AllowedAndDenied_DenyWinsWhereverItStands()
    {
        var allow = Policy("wide", Allow("*", "*"));
        var deny = Policy("narrow", Allow("x", "x"), Deny("jobs:stop", "project/prj_1/*"));
        foreach (var policies in (AccessPolicy[][])[[allow, deny], [deny, allow]])
        {
            var decision = Decide(Key(policies), "jobs:stop", "project/prj_1/job/web");
            Assert.Equal(new AccessDecision(AccessReason.Denied, "narrow", 1), decision);
            Assert.False(decision.IsAllowed);
            Assert.True(Decide(Key(policies), "jobs:stop", "project/prj_2/job/web").IsAllowed);
        }
    }

    [Fact]
    public void Decide_Allowed_NamesThePolicyAndStatementThatDecided()
    {
        var decision = Decide(
            Key(Policy("first", Allow("a", "*")), Policy("second", Allow("b", "*"), Allow("jobs:*", "project/prj_1/*"))),
            "jobs:read", "project/prj_1/job/web");
        Assert.Equal(new AccessDecision(AccessReason.Allowed, "second", 1), decision);
    }

    [Theory]
    [InlineData("project/prj_1", true)]
    [InlineData("project/prj_1/job/web", true)]
    [InlineData("self", true)]
    [InlineData("project/prj_10", false)]
    [InlineData("project/prj_2/job/web", false)]
    [InlineData("project/*", false)]
    [InlineData("tenant", false)]
    [InlineData("site/site_1", false)]
    public void Decide_KeyOfOneProject_SeesOnlyThat(string resource, bool isAllowed)
    {
        var key = Key(BuiltInPolicies.Roles[BuiltInPolicies.Owner]) with { ProjectScope = "prj_1" };
        Assert.Equal(isAllowed, Decide(key, "anything:read", resource).IsAllowed);
    }

    [Fact]
    public void Decide_AgentsAction_IsForAgentsAlone()
    {
        var owner = Key(BuiltInPolicies.Roles[BuiltInPolicies.Owner]);
        Assert.Equal(AccessReason.AgentsOnly, Decide(owner, "agent:report", "node/node_1").Reason);

        var agent = Key(BuiltInPolicies.ForNode("node_1")) with { Kind = PrincipalKind.Agent };
        Assert.True(Decide(agent, "agent:report", "node/node_1").IsAllowed);
        Assert.True(Decide(agent, "agent:report", "node/node_1/allocations").IsAllowed);
        Assert.False(Decide(agent, "agent:report", "node/node_10").IsAllowed);
        Assert.False(Decide(agent, "jobs:read", "project/prj_1").IsAllowed);
    }

    [Theory]
    [InlineData(BuiltInPolicies.Owner, "keys:create", true)]
    [InlineData(BuiltInPolicies.Owner, "tenant:delete", true)]
    [InlineData(BuiltInPolicies.Owner, "secrets:read", true)]
    [InlineData(BuiltInPolicies.Operator, "sites:create", true)]
    [InlineData(BuiltInPolicies.Operator, "enrolments:create", true)]
    [InlineData(BuiltInPolicies.Operator, "keys:create", false)]
    [InlineData(BuiltInPolicies.Operator, "members:update", false)]
    [InlineData(BuiltInPolicies.Operator, "tenant:update", false)]
    [InlineData(BuiltInPolicies.Operator, "secrets:read", false)]
    [InlineData(BuiltInPolicies.Developer, "jobs:submit", true)]
    [InlineData(BuiltInPolicies.Developer, "nodes:read", true)]
    [InlineData(BuiltInPolicies.Developer, "sites:create", false)]
    [InlineData(BuiltInPolicies.Developer, "audit:read", false)]
    [InlineData(BuiltInPolicies.Auditor, "audit:read", true)]
    [InlineData(BuiltInPolicies.Auditor, "jobs:read", true)]
    [InlineData(BuiltInPolicies.Auditor, "jobs:submit", false)]
    [InlineData(BuiltInPolicies.Auditor, "secrets:read", false)]
    [InlineData(BuiltInPolicies.Operator, "transit:export", true)]
    [InlineData(BuiltInPolicies.Operator, "mounts:write", true)]
    [InlineData(BuiltInPolicies.Operator, "kv:write", true)]
    [InlineData(BuiltInPolicies.Developer, "transit:create", true)]
    [InlineData(BuiltInPolicies.Developer, "transit:rotate", true)]
    [InlineData(BuiltInPolicies.Developer, "transit:decrypt", true)]
    [InlineData(BuiltInPolicies.Developer, "kv:write", true)]
    [InlineData(BuiltInPolicies.Developer, "transit:export", false)]
    [InlineData(BuiltInPolicies.Developer, "transit:backup", false)]
    [InlineData(BuiltInPolicies.Developer, "transit:delete", false)]
    [InlineData(BuiltInPolicies.Developer, "transit:configure", false)]
    [InlineData(BuiltInPolicies.Developer, "mounts:write", false)]
    [InlineData(BuiltInPolicies.Auditor, "transit:read", true)]
    [InlineData(BuiltInPolicies.Auditor, "transit:list", true)]
    [InlineData(BuiltInPolicies.Auditor, "kv:list", true)]
    [InlineData(BuiltInPolicies.Auditor, "kv:read", false)]
    [InlineData(BuiltInPolicies.Auditor, "transit:decrypt", false)]
    [InlineData(BuiltInPolicies.Auditor, "transit:export", false)]
    [InlineData(BuiltInPolicies.Auditor, "transit:backup", false)]
    public void Decide_Role_AllowsWhatItIsFor(string role, string action, bool isAllowed) =>
        Assert.Equal(isAllowed, Decide(Key(BuiltInPolicies.Roles[role]), action, "project/prj_1").IsAllowed);

    private AccessDecision Decide(Principal principal, string action, string resource) =>
        _authorizer.Decide(principal, action, resource);

    internal static Principal Key(params AccessPolicy[] policies) => new()
    {
        Tenant = TenantId.New(TimeProvider.System),
        Kind = PrincipalKind.ApiKey,
        Id = "key_1",
        Name = "key",
        Plan = "dev",
        Policies = policies,
    };

    internal static AccessPolicy Policy(string name, params PolicyStatement[] statements) => new(name, statements);

    internal static PolicyStatement Allow(string action, string resource) => new(PolicyEffect.Allow, [action], [resource]);

    internal static PolicyStatement Deny(string action, string resource) => new(PolicyEffect.Deny, [action], [resource]);
}

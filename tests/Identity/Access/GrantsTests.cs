using Saas.Identity.Access;
using static Saas.Identity.Tests.Access.AuthorizerTests;

namespace Saas.Identity.Tests.Access;

public class GrantsTests
{
    [Theory]
    [InlineData(BuiltInPolicies.Owner, BuiltInPolicies.Owner, true)]
    [InlineData(BuiltInPolicies.Owner, BuiltInPolicies.Auditor, true)]
    [InlineData(BuiltInPolicies.Operator, BuiltInPolicies.Developer, true)]
    [InlineData(BuiltInPolicies.Operator, BuiltInPolicies.Auditor, true)]
    [InlineData(BuiltInPolicies.Operator, BuiltInPolicies.Owner, false)]
    [InlineData(BuiltInPolicies.Developer, BuiltInPolicies.Operator, false)]
    [InlineData(BuiltInPolicies.Auditor, BuiltInPolicies.Developer, false)]
    public void FirstBeyond_Role_OnlyWithinTheHoldersOwn(string held, string granted, bool isWithin) =>
        Assert.Equal(isWithin, IsWithin(BuiltInPolicies.Roles[held], BuiltInPolicies.Roles[granted]));

    [Fact]
    public void FirstBeyond_WiderPattern_IsBeyond()
    {
        var held = Policy("held", Allow("jobs:*", "project/prj_1/*"));
        Assert.True(IsWithin(held, Policy("g", Allow("jobs:submit", "project/prj_1/job/*"))));
        Assert.False(IsWithin(held, Policy("g", Allow("*", "project/prj_1/*"))));
        Assert.False(IsWithin(held, Policy("g", Allow("jobs:*", "project/*"))));
        Assert.False(IsWithin(held, Policy("g", Allow("jobs:*", "*"))));
    }

    [Fact]
    public void FirstBeyond_HolderIsDenied_TheGrantMustBeDeniedToo()
    {
        var held = Policy("held", Allow("*", "*"), Deny("jobs:stop", "project/prj_1/*"));
        Assert.False(IsWithin(held, Policy("g", Allow("jobs:*", "*"))));
        Assert.False(IsWithin(held, Policy("g", Allow("jobs:*", "*"), Deny("jobs:stop", "project/prj_1/job/web"))));
        Assert.True(IsWithin(held, Policy("g", Allow("jobs:*", "*"), Deny("jobs:stop", "*"))));
        Assert.True(IsWithin(held, Policy("g", Allow("jobs:*", "project/prj_2/*"))));
    }

    /// <summary>If a grant passes, then whatever it allows its holder is allowed too: over a small world, all of it.</summary>
    [Fact]
    public void FirstBeyond_PassesOnlyGrantsWhoseEveryDecisionTheHolderShares()
    {
        string[] patterns = ["*", "a*", "*b", "a", "b", "ab"];
        string[] words = ["a", "b", "ab", "aa", "bb", "aab"];
        var authorizer = new Authorizer();
        var statements = patterns.SelectMany(a => patterns.Select(r => (a, r))).ToArray();
        var passed = 0;
        for (var n = 0; n < 20_000; n++)
        {
            var random = new Random(n);
            AccessPolicy Any() => Policy(
                "p",
                [.. Enumerable.Range(0, 3).Select(_ => statements[random.Next(statements.Length)])
                    .Select(s => random.Next(3) == 0 ? Deny(s.a, s.r) : Allow(s.a, s.r))]);
            var (held, granted) = (Any(), Any());
            if (!IsWithin(held, granted))
            {
                continue;
            }

            passed++;
            foreach (var action in words)
            {
                foreach (var resource in words)
                {
                    Assert.True(
                        !authorizer.Decide(Key(granted), action, resource).IsAllowed
                        || authorizer.Decide(Key(held), action, resource).IsAllowed,
                        $"seed {n}: {action} on {resource}");
                }
            }
        }

        Assert.InRange(passed, 100, 19_000);
    }

    private static bool IsWithin(AccessPolicy held, AccessPolicy granted) => Grants.FirstBeyond([held], [granted]) is null;
}

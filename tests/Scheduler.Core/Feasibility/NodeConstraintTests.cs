using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Feasibility;

public sealed class NodeConstraintTests
{
    private static readonly NodeSpec Node = TestCluster.Node(
        "node_1",
        datacenter: "berlin-1",
        nodeClass: "gpu",
        attributes: new()
        {
            ["kernel.name"] = "linux",
            ["kernel.version"] = "6.1.0-28-amd64",
            ["cpu.numcores"] = "16",
            ["cpu.load"] = "0.5",
            ["driver.vm.version"] = "1.7.0-beta2",
            ["release"] = "v1.7.3",
            ["features"] = "sse4, avx2,vmx",
            ["empty"] = "",
            ["unique.hostname"] = "alpha",
        },
        meta: new() { ["residency.eu"] = "true", ["unique.rack"] = "r7" });

    [Theory]
    // Equality; a missing value equals nothing and differs from everything.
    [InlineData("${attr.kernel.name}", "=", "linux", true)]
    [InlineData("${attr.kernel.name}", "=", "Linux", false)]
    [InlineData("${attr.kernel.name}", "==", "linux", true)]
    [InlineData("${attr.kernel.name}", "is", "linux", true)]
    [InlineData("${attr.missing}", "=", "linux", false)]
    [InlineData("${attr.missing}", "=", "", false)]
    [InlineData("${attr.empty}", "=", "", true)]
    [InlineData("${attr.kernel.name}", "!=", "windows", true)]
    [InlineData("${attr.kernel.name}", "not", "linux", false)]
    [InlineData("${attr.missing}", "!=", "linux", true)]
    // Order: integers, then numbers, then text.
    [InlineData("${attr.cpu.numcores}", ">", "9", true)]
    [InlineData("${attr.cpu.numcores}", ">=", "16", true)]
    [InlineData("${attr.cpu.numcores}", "<", "9", false)]
    [InlineData("${attr.cpu.numcores}", "<=", "16", true)]
    [InlineData("${attr.cpu.load}", "<", "0.75", true)]
    [InlineData("${attr.cpu.load}", ">", "0", true)]
    [InlineData("${attr.kernel.name}", "<", "windows", true)]
    [InlineData("${attr.missing}", "<", "9", false)]
    [InlineData("${attr.missing}", ">", "9", false)]
    // Regular expressions; one that cannot be read, or needs backtracking, does not hold.
    [InlineData("${attr.kernel.version}", "regexp", "^6\\.[0-9]+", true)]
    [InlineData("${attr.kernel.version}", "regexp", "^5", false)]
    [InlineData("${attr.missing}", "regexp", ".*", false)]
    [InlineData("${attr.kernel.name}", "regexp", "(", false)]
    [InlineData("${attr.kernel.name}", "regexp", "(?=l)linux", false)]
    // Sets
    [InlineData("${attr.features}", "set_contains", "avx2, vmx", true)]
    [InlineData("${attr.features}", "set_contains_all", "avx2,amx", false)]
    [InlineData("${attr.features}", "set_contains_any", "amx,vmx", true)]
    [InlineData("${attr.features}", "set_contains_any", "amx,sgx", false)]
    [InlineData("${attr.missing}", "set_contains", "a", false)]
    [InlineData("${attr.missing}", "set_contains_any", "a", false)]
    [InlineData("${attr.empty}", "is_set", "", true)]
    [InlineData("${attr.missing}", "is_set", "", false)]
    [InlineData("${attr.missing}", "is_not_set", "", true)]
    [InlineData("${attr.empty}", "is_not_set", "", false)]
    // Versions
    [InlineData("${attr.release}", "version", ">= 1.7, < 2", true)]
    [InlineData("${attr.release}", "version", "~> 1.7.0", true)]
    [InlineData("${attr.release}", "version", "~> 1.6.0", false)]
    [InlineData("${attr.release}", "version", "~> 1.6", true)]
    [InlineData("${attr.release}", "version", "1.7.3", true)]
    [InlineData("${attr.release}", "version", "!= 1.7.3", false)]
    [InlineData("${attr.release}", "version", "> 1.7.3", false)]
    [InlineData("${attr.release}", "version", "<= 1.7.3.0", true)]
    [InlineData("${attr.driver.vm.version}", "version", ">= 1.6.0", false)]
    [InlineData("${attr.driver.vm.version}", "version", "> 1.7.0-beta1", true)]
    [InlineData("${attr.driver.vm.version}", "semver", ">= 1.6.0", true)]
    [InlineData("${attr.driver.vm.version}", "semver", "< 1.7.0", true)]
    [InlineData("${attr.driver.vm.version}", "semver", "< 1.7.0-beta11", false)]
    [InlineData("${attr.driver.vm.version}", "semver", "~> 1.7", false)]
    [InlineData("${attr.kernel.name}", "version", ">= 1", false)]
    [InlineData("${attr.release}", "version", "newest", false)]
    [InlineData("${attr.missing}", "version", ">= 0", false)]
    [InlineData("${attr.missing}", "semver", ">= 0", false)]
    // Targets
    [InlineData("${meta.residency.eu}", "=", "true", true)]
    [InlineData("${node.datacenter}", "=", "berlin-1", true)]
    [InlineData("${node.region}", "=", "eu", true)]
    [InlineData("${node.class}", "=", "gpu", true)]
    [InlineData("${node.unique.id}", "=", "node_1", true)]
    [InlineData("${node.unique.name}", "=", "host-node_1", true)]
    [InlineData("${attr.unique.hostname}", "=", "alpha", true)]
    [InlineData("${meta.unique.rack}", "=", "r7", true)]
    [InlineData("${node.price}", "is_set", "", false)]
    [InlineData("linux", "=", "${attr.kernel.name}", true)]
    // What is not understood does not hold; what is not about the node always does.
    [InlineData("${attr.kernel.name}", "like", "linux", false)]
    [InlineData("", "distinct_hosts", "", true)]
    public void Holds_ByOperator_AsNomadDefinesIt(string left, string operand, string right, bool expected) =>
        Assert.Equal(expected, new NodeConstraint(left, operand, right).Holds(Node));

    [Fact]
    public void Holds_OrderOfPreReleases_IsThatOfSemanticVersioning()
    {
        string[] ordered =
            ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"];
        foreach (var (lower, higher) in ordered.Zip(ordered.Skip(1)))
        {
            Assert.True(new NodeConstraint(lower, "semver", "< " + higher).Holds(Node), $"{lower} < {higher}");
            Assert.False(new NodeConstraint(higher, "semver", "<= " + lower).Holds(Node), $"{higher} <= {lower}");
        }
    }

    [Theory]
    [InlineData("dc1", "dc1", true)]
    [InlineData("dc*", "dc12", true)]
    [InlineData("*", "", true)]
    [InlineData("*-eu-*", "prod-eu-7", true)]
    [InlineData("a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaac", false)]
    [InlineData("dc1", "dc12", false)]
    [InlineData("*2", "dc12", true)]
    [InlineData("", "dc1", false)]
    public void Suits_DatacenterGlob_MatchesNames(string pattern, string datacenter, bool expected)
    {
        var cluster = new TestCluster();
        cluster.Put(TestCluster.Node("a", datacenter: datacenter));
        Assert.Equal(expected, cluster.Plan(TestCluster.Job() with { Datacenters = [pattern] }).Evaluations[0].Placed.Count == 1);
    }
}

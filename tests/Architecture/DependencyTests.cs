namespace Saas.Architecture.Tests;

/// <summary>Who may know whom: the rules of the architecture document, read off the project files.</summary>
public sealed class DependencyTests
{
    /// <summary>Project to what it may refer to. What is not listed may not be there.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["shared/Contracts"] = [],
        ["shared/AzureSdk/Azure.Data.Tables"] = [],
        ["shared/AzureSdk/Azure.Security.KeyVault.Keys"] = [],
        ["shared/Discovery"] = [],
        ["shared/Storage"] = ["shared/Contracts", "shared/AzureSdk/Azure.Data.Tables"],
        ["shared/Identity"] = ["shared/Contracts", "shared/Storage"],
        ["shared/Cluster"] = ["shared/Contracts", "shared/Storage"],
        ["shared/Keys"] = ["shared/Contracts", "shared/Storage", "shared/AzureSdk/Azure.Security.KeyVault.Keys"],
        ["shared/Hosting"] = ["shared/Contracts", "shared/Storage", "shared/Identity", "shared/Cluster"],
        ["functions/Onboarding"] = Shared,
        ["functions/Provisioning"] = [.. Shared, "shared/Discovery"],
        ["functions/Encryption"] = Shared,
        ["functions/Registry"] = [.. Shared, "shared/Discovery"],
        ["functions/Billing"] = Shared,
        ["functions/Local"] =
            [.. Shared, "functions/Onboarding", "functions/Provisioning", "functions/Encryption", "functions/Registry", "functions/Billing", "scheduler/Host", "edge-agent/Agent"],
        ["scheduler/Core"] = [],
        ["scheduler/Host"] = [.. Shared, "scheduler/Core"],
        ["edge-agent/Drivers"] = ["shared/Contracts"],
        ["edge-agent/LocalRegistry"] = ["shared/Contracts", "shared/Discovery"],
        ["edge-agent/Agent"] = ["shared/Contracts", "edge-agent/Drivers", "edge-agent/LocalRegistry"],
    };

    private static string[] Shared =>
        ["shared/Contracts", "shared/Storage", "shared/Identity", "shared/Cluster", "shared/Keys", "shared/Hosting"];

    public static TheoryData<string> ProductProjects() => [.. Repository.Projects.Where(p => !p.StartsWith("tests/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void A_project_knows_only_whom_it_may(string project)
    {
        var folder = Path.GetDirectoryName(project)!;

        Assert.True(Allowed.TryGetValue(folder, out var allowed), $"{folder} is not in the table of who may know whom.");
        var references = Repository.ReferencesOf(project).Select(r => Path.GetDirectoryName(r)!);
        Assert.Empty(references.Except(allowed!));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Saas.sln").Replace('\\', '/');

        Assert.Empty(Repository.Projects.Where(p => !solution.Contains($"\"{p}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Package_versions_are_central()
    {
        var withVersion = Repository.Projects.Where(p => System.Xml.Linq.XDocument.Parse(Repository.Read(p))
            .Descendants("PackageReference").Any(r => r.Attribute("Version") is not null));

        Assert.Empty(withVersion);
    }
}

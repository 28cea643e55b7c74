using System.Text.RegularExpressions;

namespace Saas.Architecture.Tests;

/// <summary>House rules that no analyzer of ours checks, read off the sources.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 400;

    private static IEnumerable<string> Product => Repository.Sources.Where(s => !s.StartsWith("tests/", StringComparison.Ordinal));

    [Fact]
    public void The_raw_store_is_touched_only_by_storage_and_composition_roots()
    {
        // Hosting is handed the store to give it to scopes, and to ask it whether it answers.
        string[] allowed = ["shared/Storage/", "shared/Hosting/Hosts/", "shared/Hosting/Health/", "shared/Hosting/Pipeline/PipelineParts.cs", "functions/Local/Platform/", "scheduler/Host/Program.cs"];

        Assert.Empty(Product
            .Where(s => !allowed.Any(a => s.StartsWith(a, StringComparison.Ordinal)))
            .Where(s => Repository.Read(s).Contains("ITableStore", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_is_named_for_what_it_is_not()
    {
        Assert.Empty(Product.Where(s => s.Split('/').SkipLast(1).Any(f => f is "Services" or "Managers" or "Helpers" or "Utils")));
        Assert.Empty(Product.Where(s => ForbiddenTypeName().IsMatch(Repository.Read(s))));
    }

    [Fact]
    public void No_file_tells_two_stories() =>
        Assert.Empty(Repository.Sources.Where(s => Repository.Read(s).AsSpan().Count('\n') > LongestFile));

    [Fact]
    public void Nothing_unfinished_and_nothing_swallowed()
    {
        var self = $"tests/Architecture/{nameof(SourceTests)}.cs";
        Assert.Empty(Repository.Sources.Where(s => s != self && Unfinished().IsMatch(Repository.Read(s))));
    }

    [GeneratedRegex(@"\b(class|record|struct|interface) \w+(Manager|Helper|Helpers|Util|Utils)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ForbiddenTypeName();

    [GeneratedRegex(@"NotImplementedException|TODO|FIXME|Skip *= *""|catch *(\([^)]*\))? *\{ *\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Unfinished();
}

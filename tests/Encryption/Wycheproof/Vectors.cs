using System.Text.Json;

namespace Saas.Encryption.Tests.Wycheproof;

/// <summary>
/// The files of C2SP/wycheproof in the folder of shared test vectors: SAAS_VECTORS, else ../shared/vectors from the
/// repository root. They are not part of the repository; without them these tests report themselves as skipped, which
/// the whole run of tests/run.sh counts as a failure.
/// </summary>
internal static class Vectors
{
    public static JsonElement Read(string file)
    {
        var folder = Environment.GetEnvironmentVariable("SAAS_VECTORS") ?? Path.Combine(Root(), "../shared/vectors");
        var path = Path.Combine(folder, "wycheproof", file);
        Assert.SkipUnless(File.Exists(path), $"No test vectors at {path}: set SAAS_VECTORS.");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    public static IEnumerable<(JsonElement Group, JsonElement Case)> Cases(JsonElement file) =>
        from test in file.GetProperty("testGroups").EnumerateArray()
        from one in test.GetProperty("tests").EnumerateArray()
        select (test, one);

    extension(JsonElement element)
    {
        public byte[] Hex(string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

        public int Number(string name) => element.GetProperty(name).GetInt32();

        public string Text(string name) => element.GetProperty(name).GetString()!;

        /// <summary>No case of our files is merely acceptable: one that were would fail here and want a decision.</summary>
        public bool IsValid => element.Text("result") switch
        {
            "valid" => true,
            "invalid" => false,
            var other => throw new InvalidDataException($"Case {element.Number("tcId")} is {other}."),
        };

        public string Name => $"case {element.Number("tcId")} ({element.Text("comment")})";
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Saas.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("No Saas.sln above the tests.");
    }
}

/// <summary>How many cases went which way: asserted whole, so that none is left out unnoticed.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Count(string outcome) => _counts[outcome] = _counts.GetValueOrDefault(outcome) + 1;

    public override string ToString() => string.Join(", ", _counts.Select(c => $"{c.Key}: {c.Value}"));
}

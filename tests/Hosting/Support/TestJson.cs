using System.Text.Json.Serialization;

namespace Saas.Hosting.Tests.Support;

public sealed record Thing(string Name, int Size, IReadOnlyList<Part>? Parts = null)
{
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record Part(long Weight, bool IsSpare);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Thing))]
public sealed partial class TestJson : JsonSerializerContext;

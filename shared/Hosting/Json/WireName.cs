using System.Text.Json;

namespace Saas.Hosting.Json;

/// <summary>The path of a property as the client wrote it: validators know only our names.</summary>
internal static class WireName
{
    public static string Of(string path, JsonSerializerOptions options) => options.PropertyNamingPolicy is { } policy
        ? string.Join('.', path.Split('.').Select(policy.ConvertName))
        : path;
}

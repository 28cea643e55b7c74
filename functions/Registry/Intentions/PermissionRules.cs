namespace Saas.Registry.Intentions;

/// <summary>What permissions must be, in Consul's words.</summary>
internal static class PermissionRules
{
    private const int MaxPermissions = 64;
    private const int MaxParts = 32;
    private const int MaxText = 2048;

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];

    /// <exception cref="Consul.RegistryException">500, with the first thing that is wrong.</exception>
    public static void Check(IReadOnlyList<Permission> permissions, string source)
    {
        Require(permissions.Count <= MaxPermissions, $"{source}.Permissions exceeds maximum element count {MaxPermissions}");
        for (var i = 0; i < permissions.Count; i++)
        {
            var at = $"{source}.Permissions[{i}]";
            Require(permissions[i].Action is Intention.Allow or Intention.Deny, $"{at}.Action must be set to 'allow' or 'deny'");
            Check(permissions[i].HTTP, at + ".HTTP");
            Check(permissions[i].JWT);
        }
    }

    private static void Check(HttpPermission? http, string at)
    {
        Require(http is not null, $"{at} is required");
        var exact = Text(http!.PathExact, at);
        var prefix = Text(http.PathPrefix, at);
        Require(exact.Length == 0 || exact.StartsWith('/'), $"{at}.PathExact doesn't start with '/': \"{exact}\"");
        Require(prefix.Length == 0 || prefix.StartsWith('/'), $"{at}.PathPrefix doesn't start with '/': \"{prefix}\"");
        var paths = Given(exact) + Given(prefix) + Given(Text(http.PathRegex, at));
        Require(paths <= 1, $"{at} should only contain at most one of PathExact, PathPrefix, or PathRegex");
        var headers = http.Header ?? [];
        Require(headers.Count <= MaxParts, $"{at}.Header exceeds maximum element count {MaxParts}");
        for (var k = 0; k < headers.Count; k++)
        {
            var header = headers[k] ?? new HeaderPermission();
            Require(Text(header.Name, at).Length > 0, $"{at}.Header[{k}] missing required Name field");
            var parts = (header.Present ? 1 : 0) + Given(Text(header.Exact, at)) + Given(Text(header.Regex, at))
                + Given(Text(header.Prefix, at)) + Given(Text(header.Suffix, at));
            Require(parts == 1, $"{at}.Header[{k}] should only contain one of Present, Exact, Prefix, Suffix, or Regex");
        }

        var methods = http.Methods ?? [];
        for (var m = 0; m < methods.Count; m++)
        {
            Require(Methods.Contains(methods[m]), $"{at}.Methods contains an invalid method \"{methods[m]}\"");
            Require(!methods.Take(m).Contains(methods[m]), $"{at}.Methods contains \"{methods[m]}\" more than once");
        }

        Require(paths + headers.Count + methods.Count > 0, $"{at} should not be empty");
    }

    private static void Check(JwtRequirement? jwt)
    {
        var providers = jwt?.Providers ?? [];
        Require(providers.Count <= MaxParts, $"JWT providers exceed maximum element count {MaxParts}");
        Require(providers.All(p => p?.Name is { Length: > 0 and <= MaxText }), "JWT provider name is required");
        Require(providers.All(p => (p.VerifyClaims?.Count ?? 0) <= MaxParts), $"JWT claims exceed maximum element count {MaxParts}");
    }

    private static string Text(string? text, string at)
    {
        Require((text?.Length ?? 0) <= MaxText, $"{at} has a value that exceeds maximum length {MaxText}");
        return text ?? "";
    }

    private static int Given(string text) => text.Length > 0 ? 1 : 0;

    private static void Require(bool holds, string fault) => IntentionRules.Require(holds, fault);
}

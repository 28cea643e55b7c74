using Microsoft.AspNetCore.Http;
using Saas.Registry.Consul;

namespace Saas.Registry.Intentions;

/// <summary>
/// How services are named in queries: <c>web</c>, <c>default/web</c> or <c>default/default/web</c>. A namespace is a project,
/// whose intentions are its own: within it there is but the one called <c>default</c>.
/// </summary>
internal static class IntentionNames
{
    private const string Default = "default";
    private const int MaxCharacters = 512;

    /// <exception cref="RegistryException">500, as Consul has it: there is none, or it is not such a name.</exception>
    public static string Required(ConsulRequest request, string parameter)
    {
        var given = request.QueryAll(parameter);
        return given is [{ Length: > 0 } text]
            ? Parse(parameter, text)
            : throw RegistryException.Server($"required query parameter '{parameter}' not set");
    }

    public static string Parse(string parameter, string text)
    {
        if (text.Length > MaxCharacters)
        {
            throw RegistryException.BadRequest($"{parameter}: expected at most {MaxCharacters} characters");
        }

        if (text.StartsWith("peer:", StringComparison.Ordinal))
        {
            throw Invalid("cannot specify a peer here");
        }

        switch (text.Split('/'))
        {
            case [var name]:
                return name;
            case [var ns, var name]:
                CheckNamespace(parameter, ns);
                return name;
            case [var partition, var ns, var name]:
                CheckPartition(parameter, partition);
                CheckNamespace(parameter, ns);
                return name;
            default:
                throw Invalid("input can contain at most two '/'");
        }

        RegistryException Invalid(string why) => RegistryException.Server($"{parameter} \"{text}\" is invalid: {why}");
    }

    public static void CheckNamespace(string field, string? ns)
    {
        if (ns is { Length: > 0 } && !ns.Equals(Default, StringComparison.OrdinalIgnoreCase))
        {
            throw new RegistryException(StatusCodes.Status400BadRequest, $"Invalid {field}({ns}): Namespaces is a Consul Enterprise feature");
        }
    }

    public static void CheckPartition(string side, string? partition)
    {
        if (partition is { Length: > 0 } && !partition.Equals(Default, StringComparison.OrdinalIgnoreCase))
        {
            throw new RegistryException(StatusCodes.Status400BadRequest, $"Cannot specify a {side} partition with this endpoint");
        }
    }
}

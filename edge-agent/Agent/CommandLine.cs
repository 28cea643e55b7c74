using System.Globalization;

namespace Saas.EdgeAgent;

/// <param name="TokenFile">Holds the enrolment token; null: SAAS_ENROLMENT_TOKEN. Needed for the first start only.</param>
/// <param name="UsageInterval">1 s to 1 h, default 10 s.</param>
internal sealed record AgentOptions(Uri Server, string DataDirectory, string? TokenFile, string Name, TimeSpan UsageInterval)
{
    public const string TokenVariable = "SAAS_ENROLMENT_TOKEN";

    /// <summary>Null: there is none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Of the configuration file; null: no local registry.</summary>
    public Registry.RegistryConfig? Registry { get; init; }

    /// <summary>Of the configuration file.</summary>
    public Node.NodeConfig? Node { get; init; }
}

/// <summary>A command line that cannot be followed; the message is for the one who typed it.</summary>
internal sealed class CommandLineException(string message) : Exception(message);

/// <summary>Arguments to options. There is no option for the token itself: arguments are in every user's process list.</summary>
internal static class CommandLine
{
    public const string Usage = """
        Usage: Saas.EdgeAgent run --server URL --data DIR [options]

          --server URL              the control plane: https, or http to this machine
          --data DIR                the agent's folder; one agent per folder
          --token-file FILE         enrolment token, needed once; or environment SAAS_ENROLMENT_TOKEN
          --name NAME               the node's name, 1 to 64 characters; default is the host's
          --config FILE             JSON: what this node has, and a local registry
          --usage-interval SECONDS  between usage samples, 1 to 3600; default 10
        """;

    private const int MaxNameLength = 64;

    private static readonly string[] Names = ["--server", "--data", "--token-file", "--name", "--config", "--usage-interval"];

    /// <exception cref="CommandLineException"/>
    public static AgentOptions Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments[0] != "run")
        {
            throw new CommandLineException("The only command is 'run'.");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < arguments.Count; i += 2)
        {
            if (!Names.Contains(arguments[i]))
            {
                throw new CommandLineException($"Unknown option: {arguments[i]}");
            }

            if (i + 1 == arguments.Count || !values.TryAdd(arguments[i], arguments[i + 1]))
            {
                throw new CommandLineException($"{arguments[i]} takes one value, once.");
            }
        }

        return new AgentOptions(
            ParseServer(Required(values, "--server"), "--server"),
            Required(values, "--data"),
            values.GetValueOrDefault("--token-file"),
            ParseName(values.GetValueOrDefault("--name")),
            ParseInterval(values.GetValueOrDefault("--usage-interval")))
        {
            ConfigFile = values.GetValueOrDefault("--config"),
        };
    }

    private static string Required(Dictionary<string, string> values, string name) =>
        values.GetValueOrDefault(name) is { Length: > 0 } value ? value : throw new CommandLineException($"{name} is missing.");

    /// <param name="name">What it is called where it was written.</param>
    /// <exception cref="CommandLineException"/>
    public static Uri ParseServer(string text, string name)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server.UserInfo.Length > 0 || server.AbsolutePath != "/")
        {
            throw new CommandLineException($"{name} takes an address as https://host[:port]");
        }

        // Without TLS anyone on the way could give this machine work to do.
        return server.Scheme == Uri.UriSchemeHttps || server.Scheme == Uri.UriSchemeHttp && server.IsLoopback
            ? server
            : throw new CommandLineException($"{name} must be https, but for this machine itself");
    }

    private static string ParseName(string? name)
    {
        if (name is null)
        {
            return Environment.MachineName is { Length: > MaxNameLength } host ? host[..MaxNameLength] : Environment.MachineName;
        }

        return name.Trim() is { Length: > 0 and <= MaxNameLength } trimmed && !trimmed.Any(char.IsControl)
            ? trimmed
            : throw new CommandLineException("--name takes 1 to 64 characters");
    }

    private static TimeSpan ParseInterval(string? text) => text is null
        ? TimeSpan.FromSeconds(10)
        : int.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandLineException("--usage-interval takes 1 to 3600 seconds");
}

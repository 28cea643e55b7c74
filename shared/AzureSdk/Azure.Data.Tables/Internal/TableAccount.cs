namespace Azure.Data.Tables.Internal;

/// <summary>Where an account's tables are and how one signs for them, from a connection string.</summary>
internal sealed record TableAccount(Uri Endpoint, TableSharedKeyCredential Credential)
{
    /// <summary>The account that Azurite has from the start; its key is public.</summary>
    private const string Development =
        "AccountName=devstoreaccount1;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <exception cref="FormatException">A setting is missing or malformed. The message holds no key.</exception>
    public static TableAccount Parse(string connectionString)
    {
        var settings = Settings(connectionString);
        if (settings.TryGetValue("UseDevelopmentStorage", out var isDevelopment) && bool.Parse(isDevelopment))
        {
            settings = Settings(Development);
        }

        if (!settings.TryGetValue("AccountName", out var name) || !settings.TryGetValue("AccountKey", out var key))
        {
            throw new FormatException("A connection string names AccountName and AccountKey.");
        }

        if (!settings.TryGetValue("TableEndpoint", out var endpoint))
        {
            var scheme = settings.GetValueOrDefault("DefaultEndpointsProtocol", "https");
            endpoint = $"{scheme}://{name}.table.{settings.GetValueOrDefault("EndpointSuffix", "core.windows.net")}";
        }

        return new TableAccount(new Uri(endpoint), new TableSharedKeyCredential(name, key));
    }

    private static Dictionary<string, string> Settings(string connectionString)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException("A connection string is a list of name=value, divided by semicolons.");
            }

            settings[part[..equals]] = part[(equals + 1)..];
        }

        return settings;
    }
}

namespace Saas.Discovery.Catalog;

/// <summary>What a waiter of the catalog waits for, by name.</summary>
public static class CatalogTopics
{
    /// <summary>The list of nodes.</summary>
    public const string Nodes = "nodes";

    /// <summary>The list of services and their tags.</summary>
    public const string Services = "services";

    /// <summary>The state of any check.</summary>
    public const string Checks = "checks";

    /// <summary>Anything of the catalog.</summary>
    public const string All = "catalog";

    /// <summary>A node and all on it.</summary>
    public static string Node(string name) => "node:" + name.ToLowerInvariant();

    /// <summary>A service's instances, their nodes and checks.</summary>
    public static string Service(string name) => "service:" + name.ToLowerInvariant();
}

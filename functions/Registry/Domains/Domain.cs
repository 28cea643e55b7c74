using Saas.Registry.Log;

namespace Saas.Registry.Domains;

/// <summary>The project and datacenter a request means.</summary>
/// <param name="Key">Of the datacenter in the store: <see cref="Primary"/> or the site's id.</param>
/// <param name="Datacenter">Its name, for answers and resources.</param>
internal sealed record Domain(string ProjectId, string Key, string Datacenter, Replica Replica)
{
    public const string Primary = "primary";

    /// <summary><c>project/prj_…/dc/berlin/</c>: what resources begin with.</summary>
    public string ResourcePrefix { get; } = $"project/{ProjectId}/dc/{Datacenter}/";
}

using Microsoft.AspNetCore.Http;
using Saas.Encryption.Mounts;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Vault;

/// <summary>A request as the slices of this app see it: who, in which project, on which mount, with which bytes.</summary>
internal sealed class VaultRequest(ApiRequest api, ReadOnlyMemory<byte> body) : IDisposable
{
    private static readonly string[] PathParameters = ["name", "path", "mount", "version", "type", "urlalgorithm", "source"];

    private const int MaxNamed = 32;
    private const int MaxNameShown = 64;

    private VaultFields? _fields;
    private List<string>? _warnings;

    public ApiRequest Api => api;

    /// <summary>The body as it came; valid until the request ends.</summary>
    public ReadOnlyMemory<byte> Body => body;

    public TenantScope Tenant => api.Tenant;

    public Principal Principal => api.Principal;

    /// <exception cref="InvalidOperationException">The route is public.</exception>
    public VaultTarget Target => api.Found as VaultTarget ?? throw new InvalidOperationException("The route names no project.");

    public string ProjectId => Target.ProjectId;

    /// <exception cref="InvalidOperationException">The route has no mount.</exception>
    public Mount Mount => Target.Mount ?? throw new InvalidOperationException("The route has no mount.");

    /// <summary>The accessor of the token this request made, for whoever wraps its answer.</summary>
    public string? IssuedAccessor { get; set; }

    public IReadOnlyList<string> Warnings => _warnings ?? (IReadOnlyList<string>)[];

    /// <summary>A value of the route pattern; empty for a catch-all that matched nothing.</summary>
    public string Route(string name) => api.Http.Request.RouteValues[name] as string ?? "";

    public string? Query(string name) => api.Query(name);

    public T Service<T>()
        where T : notnull => api.Service<T>();

    /// <summary>The mount's rows in a table: <c>tenant|project|mount</c>, so that no two mounts share one.</summary>
    public TablePartition Rows(string table) => Tenant.Partition(table, ProjectId, Mount.Id);

    /// <summary>
    /// The body's parameters. Those that are not <paramref name="known"/> are ignored with a warning, as Vault does.
    /// </summary>
    /// <exception cref="VaultException">400: the body is no JSON object.</exception>
    public VaultFields Fields(params ReadOnlySpan<string> known)
    {
        if (_fields is not null)
        {
            return _fields;
        }

        _fields = VaultFields.Parse(body);
        List<string>? ignored = null;
        List<string>? replaced = null;
        foreach (var name in _fields.Names)
        {
            if (!known.Contains(name))
            {
                (IsOfPath(name) ? replaced ??= [] : ignored ??= []).Add(name);
            }
        }

        WarnOfParameters(ignored, replaced);
        return _fields;
    }

    /// <summary>Whether the path gives the parameter, whatever the body says.</summary>
    public bool IsOfPath(string parameter) => PathParameters.Contains(parameter) && api.Http.Request.RouteValues.ContainsKey(parameter);

    /// <summary>For slices that read the body themselves.</summary>
    public void WarnOfParameters(List<string>? ignored, List<string>? replaced)
    {
        if (ignored is not null)
        {
            Warn($"Endpoint ignored these unrecognized parameters: [{Named(ignored)}]");
        }

        if (replaced is not null)
        {
            Warn($"Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [{Named(replaced)}]");
        }
    }

    /// <summary>Sorted as Vault does; no more and no longer than tells the caller what is wrong.</summary>
    private static string Named(List<string> parameters)
    {
        parameters.Sort(StringComparer.Ordinal);
        var named = parameters.Take(MaxNamed).Select(name => name.Length <= MaxNameShown ? name : string.Concat(name.AsSpan(0, MaxNameShown), "…"));
        return string.Join(' ', parameters.Count > MaxNamed ? named.Append("…") : named);
    }

    public void Warn(string warning) => (_warnings ??= []).Add(warning);

    /// <summary>Whether the caller may do something beside what the route requires, such as creating a key by encrypting.</summary>
    public bool May(string action, string resource) => Service<Authorizer>().Decide(Principal, action, resource).IsAllowed;

    public void Dispose() => _fields?.Dispose();
}

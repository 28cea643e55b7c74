using Saas.Encryption.Vault;

namespace Saas.Encryption.Mounts;

/// <summary>A mount, with what every request on it needs made once.</summary>
internal sealed class Mount
{
    public Mount(ProjectMounts project, MountRecord record)
    {
        Record = record;
        Resource = string.Concat(project.ResourcePrefix, Engines.TypeOf(record.Engine), "/", record.Path);
        ResourcePrefix = Resource + "/";
        Target = new VaultTarget(project, this);
    }

    public MountRecord Record { get; }

    public string Path => Record.Path;

    /// <summary>Part of the partition its rows are in.</summary>
    public string Id => Record.Id;

    /// <summary><c>project/prj_…/transit/transit</c></summary>
    public string Resource { get; }

    /// <summary><see cref="Resource"/> and a slash.</summary>
    public string ResourcePrefix { get; }

    public VaultTarget Target { get; }
}

/// <summary>A project and its mounts as last read. Never changes.</summary>
internal sealed class ProjectMounts
{
    private readonly Mount[] _mounts;

    public ProjectMounts(string projectId, string projectName, MountTableRecord table)
    {
        (ProjectId, ProjectName) = (projectId, projectName);
        ResourcePrefix = string.Concat("project/", projectId, "/");
        _mounts = [.. table.Mounts.Select(m => new Mount(this, m))];
    }

    public string ProjectId { get; }

    public string ProjectName { get; }

    /// <summary><c>project/prj_…/</c></summary>
    public string ResourcePrefix { get; }

    public IReadOnlyList<Mount> All => _mounts;

    public Mount? Find(string path, Engine engine)
    {
        foreach (var mount in _mounts)
        {
            if (mount.Record.Engine == engine && mount.Path == path)
            {
                return mount;
            }
        }

        return null;
    }
}

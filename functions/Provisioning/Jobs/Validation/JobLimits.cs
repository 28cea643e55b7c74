namespace Saas.Provisioning.Jobs.Validation;

/// <summary>What one job may ask for. A node's assignment document carries whole task groups, hence the size.</summary>
internal static class JobLimits
{
    /// <summary>Of the job with its defaults, as stored.</summary>
    public const int MaxDocumentBytes = 256 * 1024;

    public const int MaxGroups = 100;
    public const int MaxTasks = 20;
    public const int MaxCount = 10_000;
    public const int MaxConstraints = 64;
    public const int MaxDatacenters = 64;
    public const int MaxNameLength = 128;

    /// <summary>Of a periodic or parameterized job: what its children add makes at most <see cref="MaxNameLength"/>.</summary>
    public const int MaxParentIdLength = 96;

    public const int MaxCronSpecs = 16;
    public const int MaxSpreads = 16;
    public const int MaxSpreadTargets = 256;
    public const int MaxPorts = 64;
    public const int MaxVolumes = 64;
    public const int MaxDevices = 16;
    public const int MaxDeviceCount = 128;

    /// <summary>Of a port, a volume or a node's network.</summary>
    public const int MaxLabelLength = 64;

    public const int MaxCpuMhz = 1_000_000;
    public const int MaxCores = 1024;
    public const int MinMemoryMB = 10;
    public const int MaxMemoryMB = 4 * 1024 * 1024;
    public const int MinDiskMB = 10;
    public const int MaxDiskMB = 16 * 1024 * 1024;

    public const int MaxEntries = 256;
    public const int MaxKeyLength = 256;
    public const int MaxEnvValueLength = 32 * 1024;
    public const int MaxMetaValueLength = 4 * 1024;
    public const int MaxTargetLength = 1024;

    /// <summary>Of a group, those of its tasks included.</summary>
    public const int MaxServices = 32;

    /// <summary>RFC 1123: a label.</summary>
    public const int MaxServiceNameLength = 63;

    public const int MaxChecks = 16;
    public const int MaxTags = 64;
    public const int MaxTagLength = 1024;

    // Consul's, of a service's meta.
    public const int MaxServiceMeta = 64;
    public const int MaxServiceMetaKeyLength = 128;
    public const int MaxServiceMetaValueLength = 512;

    public const int MaxAddressLength = 255;
    public const int MaxNotesLength = 255;
    public const int MaxPathLength = 4096;
    public const int MaxHeaders = 32;
    public const int MaxHeaderValues = 8;
    public const int MaxHeaderLength = 4096;
    public const int MaxCheckBodyLength = 8 * 1024;
    public const int MaxCheckArgs = 64;
    public const int MaxArtifacts = 32;
    public const int MaxTemplates = 64;
    public const int MaxSourceLength = 4096;
    public const int MaxDelimiterLength = 16;

    /// <summary>Looks at a service until a check of it changes its mind.</summary>
    public const int MaxThreshold = 1000;

    public const long Second = 1_000_000_000;
    public const long MaxKillTimeout = 3600 * Second;

    /// <summary>Of a group, and of a task after it. Nomad has no limit; ours keeps a stop from looking like a hang.</summary>
    public const long MaxShutdownDelay = 3600 * Second;
    public const long MaxPolicyTime = 366L * 24 * 3600 * Second;
}

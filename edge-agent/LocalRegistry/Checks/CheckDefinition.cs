namespace Saas.LocalRegistry.Checks;

/// <summary>How the agent finds out about a service's or the machine's health. Zero durations and counts mean the default.</summary>
internal sealed record CheckDefinition
{
    /// <summary>Shorter ones are run as this: the machine is not to be busy with checking itself.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan DefaultScriptTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Shorter wishes are taken for this.</summary>
    public static readonly TimeSpan ShortestDeregistration = TimeSpan.FromMinutes(1);

    /// <summary>What is kept of an output.</summary>
    public const int DefaultOutputBytes = 4096;

    /// <summary>Unique on the node, within the project.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }
    public string Notes { get; init; } = "";

    /// <summary>Empty: of the node.</summary>
    public string ServiceId { get; init; } = "";

    /// <summary>To begin with; empty: critical.</summary>
    public string Status { get; init; } = "";

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Where a script runs; empty, or not there: where the agent does.</summary>
    public string WorkDirectory { get; init; } = "";

    /// <summary>An absolute URL.</summary>
    public string Http { get; init; } = "";

    public string Method { get; init; } = "";
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Header { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
    public string Body { get; init; } = "";
    public bool DisableRedirects { get; init; }

    /// <summary><c>host:port</c>.</summary>
    public string Tcp { get; init; } = "";

    public bool TcpUseTls { get; init; }

    /// <summary><c>host:port</c>.</summary>
    public string Udp { get; init; } = "";

    /// <summary><c>host:port</c> or <c>host:port/service</c>.</summary>
    public string Grpc { get; init; } = "";

    public bool GrpcUseTls { get; init; }
    public string TlsServerName { get; init; } = "";
    public bool TlsSkipVerify { get; init; }
    public string AliasNode { get; init; } = "";
    public string AliasService { get; init; } = "";
    public TimeSpan Ttl { get; init; }
    public TimeSpan Interval { get; init; }
    public TimeSpan Timeout { get; init; }
    public int SuccessBeforePassing { get; init; }
    public int FailuresBeforeWarning { get; init; }
    public int FailuresBeforeCritical { get; init; }

    /// <summary>The service goes with its check being critical for so long. Zero: never.</summary>
    public TimeSpan DeregisterCriticalServiceAfter { get; init; }

    /// <summary>In bytes, at most and by default <see cref="DefaultOutputBytes"/>.</summary>
    public int OutputMaxSize { get; init; }

    /// <summary>Why it is not run, which is then its output; empty: it is run.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Set by maintenance mode; nothing is run for it.</summary>
    public bool IsMaintenance { get; init; }

    public bool IsScript => Args.Count > 0;
    public bool IsAlias => AliasNode.Length > 0 || AliasService.Length > 0;
    public bool IsTtl => Ttl > TimeSpan.Zero;
    public bool IsRun => Refusal.Length == 0 && (HasInterval || IsTtl);
    public bool HasInterval => IsScript || Http.Length > 0 || Tcp.Length > 0 || Udp.Length > 0 || Grpc.Length > 0;

    /// <summary>Consul's word for the kind.</summary>
    public string Type => this switch
    {
        { IsMaintenance: true } => "maintenance",
        { IsAlias: true } => "alias",
        { IsScript: true } => "script",
        { Http.Length: > 0 } => "http",
        { Grpc.Length: > 0 } => "grpc",
        { Tcp.Length: > 0 } => "tcp",
        { Udp.Length: > 0 } => "udp",
        { IsTtl: true } => "ttl",
        _ => "",
    };

    public int OutputBytes => OutputMaxSize is > 0 and < DefaultOutputBytes ? OutputMaxSize : DefaultOutputBytes;

    public TimeSpan EffectiveInterval => Interval < ShortestInterval ? ShortestInterval : Interval;

    public TimeSpan EffectiveTimeout => Timeout > TimeSpan.Zero ? Timeout : IsScript ? DefaultScriptTimeout : DefaultTimeout;

    public TimeSpan EffectiveDeregistration =>
        DeregisterCriticalServiceAfter > TimeSpan.Zero && DeregisterCriticalServiceAfter < ShortestDeregistration
            ? ShortestDeregistration
            : DeregisterCriticalServiceAfter;

    /// <summary>What Consul finds wrong with it; null: nothing.</summary>
    public string? Fault()
    {
        if (Interval > TimeSpan.Zero && Ttl > TimeSpan.Zero)
        {
            return "Interval and TTL cannot both be specified";
        }

        if (HasInterval && Interval <= TimeSpan.Zero)
        {
            return "Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks";
        }

        if (HasInterval && IsAlias)
        {
            return "Interval cannot be set for Alias checks";
        }

        if (IsAlias && Ttl > TimeSpan.Zero)
        {
            return "TTL must be not be set for Alias checks";
        }

        if (!HasInterval && !IsAlias && Ttl <= TimeSpan.Zero)
        {
            return "TTL must be > 0 for TTL checks";
        }

        if (OutputMaxSize < 0)
        {
            return "MaxOutputMaxSize must be positive";
        }

        return FailuresBeforeWarning > FailuresBeforeCritical ? "FailuresBeforeWarning can't be higher than FailuresBeforeCritical" : null;
    }
}

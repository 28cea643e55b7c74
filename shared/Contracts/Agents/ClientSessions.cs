namespace Saas.Contracts.Agents;

/// <summary>
/// A call of a client that only the node's agent can answer: a look into an allocation's files, a log that is followed, a
/// command that is run. The agent is outbound-only and the client's request may be at another instance of the platform, so
/// both sides meet in the store: in two streams of numbered frames, each bounded, and each written by one side only.
/// </summary>
public static class SessionProtocol
{
    /// <summary>The first <see cref="AgentProtocol.Version"/> of an agent that answers sessions.</summary>
    public const int SinceVersion = 3;

    /// <summary>Of <see cref="SessionFrame.Data"/>.</summary>
    public const int MaxDataBytes = 64 * 1024;

    /// <summary>Frames in one direction that were sent and not yet taken: who is ahead by so many waits.</summary>
    public const int WindowFrames = 16;

    /// <summary>Frames in one request or answer.</summary>
    public const int MaxFrames = 8;

    /// <summary>Of <see cref="SessionFrame.Resume"/>.</summary>
    public const int MaxResumeLength = 128;

    /// <summary>An agent that has nothing to send says at least this often that it is still at it.</summary>
    public static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(10);
}

/// <summary>What a session asks of the agent.</summary>
public static class SessionKinds
{
    public const string ListFiles = "ls";
    public const string StatFile = "stat";
    public const string ReadFile = "read";
    public const string Logs = "logs";
    public const string AllocationStats = "stats";
    public const string NodeStats = "node-stats";
    public const string Restart = "restart";
    public const string Signal = "signal";
    public const string Exec = "exec";

    /// <summary>Of an allocation, or without one of all that have ended on the node.</summary>
    public const string Collect = "collect";
}

/// <summary>Of a session, as the client asked for it; which members mean something depends on <see cref="Kind"/>.</summary>
public sealed record SessionRequest
{
    /// <summary>One of <see cref="SessionKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Null: of the node as a whole.</summary>
    public string? AllocationId { get; init; }

    public string? Task { get; init; }

    /// <summary>Within the allocation's folder.</summary>
    public string? Path { get; init; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public string? LogType { get; init; }

    /// <summary>Bytes, from the start or (<see cref="FromEnd"/>) back from the end.</summary>
    public long Offset { get; init; }

    public bool FromEnd { get; init; }

    /// <summary>Bytes at most; 0: no limit.</summary>
    public long Limit { get; init; }

    /// <summary>At its end, wait for more.</summary>
    public bool Follow { get; init; }

    /// <summary>Of a restart without a task: those that have ended too, not only those that run.</summary>
    public bool AllTasks { get; init; }

    /// <summary><c>SIGHUP</c>, …</summary>
    public string? Signal { get; init; }

    /// <summary>A program and its arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The command is given a terminal.</summary>
    public bool Tty { get; init; }
}

/// <summary>A session that waits for the node's agent, or that it is at.</summary>
/// <param name="Sent">The last frame of the agent's that is stored; 0: none yet.</param>
/// <param name="Resume">What came with it.</param>
/// <param name="Run">The agent process that has taken it up; null: none has.</param>
public sealed record OpenSession(string Id, SessionRequest Request, long Sent = 0, string? Resume = null, string? Run = null);

/// <param name="Mark">Of exactly these sessions: who comes back with it is answered when they are others.</param>
public sealed record OpenSessions(string Mark, IReadOnlyList<OpenSession> Sessions);

/// <summary>Frames of one direction, numbered from <see cref="First"/> on without gaps.</summary>
public sealed record SessionFrames
{
    /// <summary>1 is the first of all. Of no frames: of the one that will come.</summary>
    public required long First { get; init; }

    /// <summary>At most <see cref="SessionProtocol.MaxFrames"/>.</summary>
    public required IReadOnlyList<SessionFrame> Frames { get; init; }

    /// <summary>From the agent: which of its processes sends; another than before takes the session over.</summary>
    public string? Run { get; init; }
}

/// <param name="Sent">The last frame that is stored: what is behind it is to be sent again.</param>
public sealed record SessionReceipt(long Sent);

/// <summary>One piece of what goes between client and agent.</summary>
public sealed record SessionFrame
{
    /// <summary>At most <see cref="SessionProtocol.MaxDataBytes"/>.</summary>
    public byte[]? Data { get; init; }

    /// <summary>The file the data is of.</summary>
    public string? File { get; init; }

    /// <summary>Behind the data, in that file.</summary>
    public long Offset { get; init; }

    /// <summary>What happened to the file, in Nomad's words.</summary>
    public string? Event { get; init; }

    /// <summary>Of a command: <c>stdin</c> (from the client), <c>stdout</c> or <c>stderr</c>.</summary>
    public string? Stream { get; init; }

    /// <summary>Nothing follows in <see cref="Stream"/>.</summary>
    public bool Close { get; init; }

    /// <summary>From the client: of its terminal, now.</summary>
    public TerminalSize? Size { get; init; }

    /// <summary>From the agent: where another of its processes goes on behind this frame; it alone reads it.</summary>
    public string? Resume { get; init; }

    /// <summary>Of the last frame from the agent.</summary>
    public SessionEnd? End { get; init; }
}

/// <param name="Status">Of HTTP; 200: all that was asked for is in the frames before.</param>
/// <param name="Error">Nomad's text, of any other status.</param>
/// <param name="ExitCode">Of a command.</param>
public sealed record SessionEnd(int Status, string? Error = null, int? ExitCode = null);

/// <summary>In characters.</summary>
public sealed record TerminalSize(int Height, int Width);

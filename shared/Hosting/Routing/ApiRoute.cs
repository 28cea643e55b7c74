using System.Text.Json.Serialization.Metadata;
using Saas.Hosting.Modules;

namespace Saas.Hosting.Routing;

/// <summary>One declared route: what it is, who may call it, and what its document says.</summary>
public sealed class ApiRoute : IRoute
{
    public const int DefaultMaxBodyBytes = 1024 * 1024;

    private readonly List<RouteResponse> _responses = [];
    private readonly List<int> _problems = [];
    private readonly string _text;

    internal ApiRoute(string method, string pattern, RouteAccess access, RouteHandler handler) =>
        (Method, Pattern, Access, Handler, _text) = (method, pattern, access, handler, $"{method} {pattern}");

    public string Method { get; }
    public string Pattern { get; }
    public RouteAccess Access { get; }
    public string? Text { get; private set; }
    public JsonTypeInfo? RequestType { get; private set; }
    public IReadOnlyList<RouteResponse> Responses => _responses;

    /// <summary>Beside those every route has.</summary>
    public IReadOnlyList<int> ProblemStatuses => _problems;

    public int BodyLimitBytes { get; private set; } = DefaultMaxBodyBytes;
    public bool IsMetered { get; private set; } = true;

    /// <summary>Public, and called by many machines behind one address.</summary>
    public bool IsCalledByFleets { get; private set; }

    /// <summary>Whether a call may change something: decides audit and idempotency.</summary>
    public bool IsMutating => Method is not ("GET" or "LIST" or "HEAD");

    /// <summary>Every call is recorded on its own, in the spool.</summary>
    public bool IsSpooled { get; private set; }

    internal RouteHandler Handler { get; }

    /// <summary>The platform's own: health and documentation, not limited and not in the document.</summary>
    internal bool IsInternal { get; init; }

    public IRoute Summary(string text)
    {
        Text = text;
        return this;
    }

    public IRoute Accepts<T>(JsonTypeInfo<T> type)
    {
        RequestType = type;
        return this;
    }

    public IRoute Produces<T>(int status, JsonTypeInfo<T> type)
    {
        _responses.Add(new RouteResponse(status, type));
        return this;
    }

    public IRoute Produces(int status)
    {
        _responses.Add(new RouteResponse(status, null));
        return this;
    }

    public IRoute Problems(params int[] statuses)
    {
        _problems.AddRange(statuses);
        return this;
    }

    public IRoute MaxBodyBytes(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        BodyLimitBytes = bytes;
        return this;
    }

    public IRoute CalledByFleets()
    {
        IsCalledByFleets = true;
        return this;
    }

    public IRoute Unmetered()
    {
        IsMetered = false;
        return this;
    }

    public IRoute Spooled()
    {
        IsSpooled = true;
        return this;
    }

    public override string ToString() => _text;
}

/// <param name="Type">Null for a response without a body.</param>
public sealed record RouteResponse(int Status, JsonTypeInfo? Type);

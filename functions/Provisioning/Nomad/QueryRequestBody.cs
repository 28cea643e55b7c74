using System.Text.Json;

namespace Saas.Provisioning.Nomad;

/// <summary>
/// What Nomad's Go client sends with a reading endpoint that is asked with a body: its whole query options, which it puts in the
/// query and in headers as well. Those are read; these are not.
/// </summary>
internal abstract record QueryRequestBody : WriteRequestBody
{
    public string? Prefix { get; init; }
    public bool? AllowStale { get; init; }
    public long? WaitIndex { get; init; }
    public long? WaitTime { get; init; }
    public JsonElement? Params { get; init; }
    public JsonElement? Headers { get; init; }
    public string? AuthToken { get; init; }
    public string? Filter { get; init; }
    public int? PerPage { get; init; }
    public string? NextToken { get; init; }
    public bool? Reverse { get; init; }
}

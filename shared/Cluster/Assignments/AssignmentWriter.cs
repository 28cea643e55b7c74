using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Assignments;

/// <summary>
/// Writes a node's document in one pass: begin, add each allocation, end. What allocations share is collected on the way
/// and written behind them, so nothing is written twice and nothing but the shared is remembered. One object serves any
/// number of documents, one after the other. Not safe for concurrent use.
/// </summary>
public sealed class AssignmentWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // shorter; a document is never part of a page
        SkipValidation = true,
    };

    private readonly Dictionary<AssignmentGroup, int> _groups = [];
    private readonly Dictionary<string, int> _evaluations = new(StringComparer.Ordinal);
    private readonly List<AssignmentGroup> _groupList = [];
    private readonly List<string> _evaluationList = [];
    private Utf8JsonWriter? _json;
    private int _lastGroup;
    private int _lastEvaluation;

    /// <summary>Bytes of the document so far, without what <see cref="End"/> adds.</summary>
    public long Length => _json is null ? 0 : _json.BytesCommitted + _json.BytesPending;

    private Utf8JsonWriter Json => _json ?? throw new InvalidOperationException("Begin a document first.");

    /// <param name="index">Of the document: higher than that of the one it replaces.</param>
    /// <param name="epoch">Of the leader that writes.</param>
    public void Begin(IBufferWriter<byte> output, string nodeId, long index, long epoch)
    {
        BeginMembers(output, nodeId, index, epoch);
        Json.WriteStartArray(AssignmentNames.Allocations);
    }

    /// <summary>Of an amendment only what is added or changed is written, and what is not there any more.</summary>
    /// <param name="index">Of the document with the amendment.</param>
    /// <param name="amends">Index of the whole document that it amends; it means nothing for any other.</param>
    /// <param name="removed">Ids of allocations that are there and not wanted any more.</param>
    public void BeginAmendment(
        IBufferWriter<byte> output, string nodeId, long index, long epoch, long amends, IReadOnlyCollection<string> removed)
    {
        BeginMembers(output, nodeId, index, epoch);
        Json.WriteNumber(AssignmentNames.Amends, amends);
        if (removed.Count > 0)
        {
            Json.WriteStartArray(AssignmentNames.Removed);
            foreach (var id in removed)
            {
                Json.WriteStringValue(id);
            }

            Json.WriteEndArray();
        }

        Json.WriteStartArray(AssignmentNames.Allocations);
    }

    private void BeginMembers(IBufferWriter<byte> output, string nodeId, long index, long epoch)
    {
        if (_json is null)
        {
            _json = new Utf8JsonWriter(output, Options);
        }
        else
        {
            _json.Reset(output);
        }

        _groups.Clear();
        _groupList.Clear();
        _evaluations.Clear();
        _evaluationList.Clear();
        _json.WriteStartObject();
        _json.WriteString(AssignmentNames.Node, nodeId);
        _json.WriteNumber(AssignmentNames.Index, index);
        _json.WriteNumber(AssignmentNames.Epoch, epoch);
    }

    /// <exception cref="InvalidOperationException">Not begun.</exception>
    public void Add(in AssignmentEntry entry)
    {
        var json = Json;
        json.WriteStartObject();
        json.WriteString(AssignmentNames.Id, entry.Id);
        json.WriteNumber(AssignmentNames.GroupAt, PositionOf(entry.Group));
        json.WriteNumber(AssignmentNames.Slot, entry.Index);
        json.WriteNumber(AssignmentNames.EvaluationAt, PositionOf(entry.EvaluationId));
        json.WriteNumber(AssignmentNames.CreatedAt, entry.CreatedAt);
        if (entry.DesiredStatus is { } desired && desired != DesiredStatus.Run)
        {
            json.WriteString(AssignmentNames.Desired, desired);
        }

        WriteUnlessEmpty(json, AssignmentNames.Why, entry.Description);
        WriteUnlessEmpty(json, AssignmentNames.Previous, entry.PreviousAllocation);
        WriteUnlessEmpty(json, AssignmentNames.Deployment, entry.DeploymentId);
        if (entry.Canary)
        {
            json.WriteBoolean(AssignmentNames.Canary, true);
        }

        if (entry.Healthy is { } healthy)
        {
            json.WriteBoolean(AssignmentNames.Healthy, healthy);
        }

        if (!entry.Ports.IsEmpty)
        {
            WritePorts(json, entry.Ports);
        }

        if (!entry.Devices.IsEmpty)
        {
            WriteDevices(json, entry.Devices);
        }

        if (!entry.Follows.IsEmpty)
        {
            json.WriteStartArray(AssignmentNames.Follows);
            WriteAll(json, entry.Follows);
        }

        if (entry.Score is { } score)
        {
            json.WriteNumber(AssignmentNames.Score, Math.Round(score, 4));
        }

        json.WriteEndObject();
    }

    /// <returns>Bytes of the whole document.</returns>
    /// <exception cref="InvalidOperationException">Not begun.</exception>
    public int End()
    {
        var json = Json;
        json.WriteEndArray();
        json.WriteStartArray(AssignmentNames.Groups);
        foreach (var group in _groupList)
        {
            json.WriteStartArray();
            json.WriteStringValue(group.ProjectId);
            json.WriteStringValue(group.JobId);
            json.WriteNumberValue(group.JobVersion);
            json.WriteStringValue(group.JobType);
            json.WriteStringValue(group.Group);
            json.WriteStringValue(group.Definition);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray(AssignmentNames.Evaluations);
        WriteAll(json, CollectionsMarshal.AsSpan(_evaluationList));
        json.WriteEndObject();
        json.Flush();
        return checked((int)json.BytesCommitted);
    }

    public void Dispose() => _json?.Dispose();

    /// <summary>Neighbours mostly have the group in common, and then nothing is looked up.</summary>
    private int PositionOf(AssignmentGroup group)
    {
        if (_groupList.Count > 0 && ReferenceEquals(_groupList[_lastGroup], group))
        {
            return _lastGroup;
        }

        if (!_groups.TryGetValue(group, out _lastGroup))
        {
            _lastGroup = _groupList.Count;
            _groups.Add(group, _lastGroup);
            _groupList.Add(group);
        }

        return _lastGroup;
    }

    private int PositionOf(string evaluationId)
    {
        if (_evaluationList.Count > 0 && ReferenceEquals(_evaluationList[_lastEvaluation], evaluationId))
        {
            return _lastEvaluation;
        }

        if (!_evaluations.TryGetValue(evaluationId, out _lastEvaluation))
        {
            _lastEvaluation = _evaluationList.Count;
            _evaluations.Add(evaluationId, _lastEvaluation);
            _evaluationList.Add(evaluationId);
        }

        return _lastEvaluation;
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter json, JsonEncodedText name, ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
        {
            json.WriteString(name, text);
        }
    }

    private static void WritePorts(Utf8JsonWriter json, ReadOnlySpan<PortEntry> ports)
    {
        json.WriteStartArray(AssignmentNames.Ports);
        foreach (var port in ports)
        {
            json.WriteStartObject();
            json.WriteString(AssignmentNames.Label, port.Label);
            json.WriteNumber(AssignmentNames.Value, port.Value);
            if (port.To != 0)
            {
                json.WriteNumber(AssignmentNames.To, port.To);
            }

            WriteUnlessEmpty(json, AssignmentNames.Network, port.HostNetwork == AssignmentNames.DefaultNetwork ? null : port.HostNetwork);
            WriteUnlessEmpty(json, AssignmentNames.Ip, port.HostIp);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDevices(Utf8JsonWriter json, ReadOnlySpan<AssignedDevice> devices)
    {
        json.WriteStartArray(AssignmentNames.Devices);
        foreach (var device in devices)
        {
            json.WriteStartObject();
            json.WriteString(AssignmentNames.Task, device.Task);
            json.WriteString(AssignmentNames.Vendor, device.Vendor);
            json.WriteString(AssignmentNames.Type, device.Type);
            json.WriteString(AssignmentNames.Name, device.Name);
            json.WriteStartArray(AssignmentNames.Ids);
            foreach (var id in device.Ids)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Ends the array, too.</summary>
    private static void WriteAll(Utf8JsonWriter json, ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

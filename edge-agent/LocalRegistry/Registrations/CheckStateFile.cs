using System.Collections.Immutable;
using System.Text.Json;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Registrations;

/// <summary>
/// The last states of checks on disk, so that a restart of the agent takes nothing out of service. A TTL check keeps its
/// state until its time is over, counted by the wall clock through the restart; another keeps it until it is first run, if
/// it was written less than <see cref="Trusted"/> ago.
/// </summary>
internal sealed class CheckStateFile
{
    private static readonly TimeSpan Trusted = TimeSpan.FromMinutes(10);

    private readonly IDurableFile _file;
    private readonly TimeProvider _time;
    private readonly CheckStateDocument _last;

    /// <exception cref="JsonException">Not a document of ours.</exception>
    public CheckStateFile(IDurableFiles files, TimeProvider time)
    {
        (_file, _time) = (files.Open("check-states.json"), time);
        _last = _file.Read() is { } bytes
            ? JsonSerializer.Deserialize(bytes, RegistrationJson.Default.CheckStateDocument) ?? throw new JsonException("null")
            : new CheckStateDocument(default, []);
    }

    public LocalCheck Restore(string ns, CheckDefinition definition)
    {
        var (now, wall) = (_time.GetTimestamp(), _time.GetUtcNow());
        var known = _last.Checks.FirstOrDefault(c => c.Project == ns && c.Id == definition.Id);
        var isGood = known is not null && (known.Expires is { } expires ? expires > wall : wall - _last.WrittenAt < Trusted);
        if (!isGood && !definition.IsMaintenance)
        {
            return new LocalCheck(definition, HealthStatus.Critical, "") { CriticalSince = now, HeardAt = now };
        }

        var status = known?.Status ?? HealthStatus.Critical;
        var left = known?.Expires is { } end ? end - wall : definition.Ttl;
        var heard = left < definition.Ttl ? definition.Ttl - left : TimeSpan.Zero;
        return new LocalCheck(definition, status, known?.Output ?? (definition.IsMaintenance ? definition.Notes : definition.Refusal))
        {
            CriticalSince = status == HealthStatus.Critical ? now : null,
            HeardAt = now - (long)(heard.TotalSeconds * _time.TimestampFrequency),
        };
    }

    /// <exception cref="IOException">Nothing was written.</exception>
    public void Write(ImmutableDictionary<string, ProjectState> projects)
    {
        var wall = _time.GetUtcNow();
        var states =
            from project in projects
            from check in project.Value.Checks.Values
            where !check.Definition.IsMaintenance
            select new SavedCheckState(
                project.Key, check.Definition.Id, check.Status, check.Output,
                check.Definition.IsTtl ? wall + check.Definition.Ttl - _time.GetElapsedTime(check.HeardAt) : null);
        _file.Write(JsonSerializer.SerializeToUtf8Bytes(new CheckStateDocument(wall, [.. states]), RegistrationJson.Default.CheckStateDocument));
    }
}

internal sealed record CheckStateDocument(DateTimeOffset WrittenAt, IReadOnlyList<SavedCheckState> Checks);

/// <param name="Expires">Of a TTL check: when its time is over.</param>
internal sealed record SavedCheckState(string Project, string Id, string Status, string Output, DateTimeOffset? Expires);

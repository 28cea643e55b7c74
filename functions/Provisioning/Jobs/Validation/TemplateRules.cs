using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>What agents can render: see <see cref="TemplateText"/>. A template in a file is looked at by the agent.</summary>
internal static class TemplateRules
{
    public static IEnumerable<Fault> FaultsOf(IReadOnlyList<TaskTemplate>? templates)
    {
        const string Field = nameof(JobTask.Templates);
        if (templates?.Count > JobLimits.MaxTemplates)
        {
            return [new Fault(Field, $"At most {JobLimits.MaxTemplates}; {templates.Count} came.")];
        }

        var faults = (templates ?? []).Index().SelectMany(static entry => FaultsOf(entry.Item).Select(fault => fault.Under($"{Field}[{entry.Index}]")));
        var twice = (templates ?? []).Index().GroupBy(static entry => entry.Item?.DestPath, StringComparer.Ordinal)
            .Where(static group => !string.IsNullOrEmpty(group.Key)).SelectMany(static group => group.Skip(1))
            .Select(static entry => new Fault($"{Field}[{entry.Index}].{nameof(TaskTemplate.DestPath)}", "More than one template is written there."));
        return faults.Concat(twice);
    }

    private static IEnumerable<Fault> FaultsOf(TaskTemplate? template)
    {
        if (template is null)
        {
            yield return new Fault("", "A template is missing.");
            yield break;
        }

        var hasText = !string.IsNullOrEmpty(template.EmbeddedTmpl);
        if (hasText == !string.IsNullOrEmpty(template.SourcePath))
        {
            yield return new Fault(nameof(template.EmbeddedTmpl), "A template is either given as EmbeddedTmpl or named by SourcePath.");
        }
        else if (hasText && TextFault(template) is { } text)
        {
            yield return new Fault(nameof(template.EmbeddedTmpl), text);
        }

        if (string.IsNullOrEmpty(template.DestPath))
        {
            yield return new Fault(nameof(template.DestPath), "A destination is missing.");
        }

        foreach (var (field, path) in new[] { (nameof(template.DestPath), template.DestPath), (nameof(template.SourcePath), template.SourcePath) })
        {
            if (TaskPaths.FaultOf(path) is { } escape)
            {
                yield return new Fault(field, escape);
            }
        }

        if (template.ChangeMode is not (null or "" or "noop" or "restart" or "signal" or "script"))
        {
            yield return new Fault(nameof(template.ChangeMode), $"Expected noop, restart, signal or script; {Quote.Of(template.ChangeMode)} came.");
        }

        if (template.ChangeMode == "signal" && string.IsNullOrEmpty(template.ChangeSignal))
        {
            yield return new Fault(nameof(template.ChangeSignal), "A signal is missing.");
        }

        if (template.Perms is { Length: > 0 } perms && !(perms.Length is 3 or 4 && perms.All(static c => c is >= '0' and <= '7') && (perms.Length == 3 || perms[0] == '0')))
        {
            yield return new Fault(nameof(template.Perms), $"Expected three octal digits, perhaps after a 0; {Quote.Of(perms)} came.");
        }

        if (template.Uid is >= 0 || template.Gid is >= 0)
        {
            yield return new Fault(template.Uid is >= 0 ? nameof(template.Uid) : nameof(template.Gid), "Not supported: files are the agent's user's.");
        }
    }

    private static string? TextFault(TaskTemplate template)
    {
        if (template.LeftDelim?.Length > JobLimits.MaxDelimiterLength || template.RightDelim?.Length > JobLimits.MaxDelimiterLength)
        {
            return $"A delimiter has at most {JobLimits.MaxDelimiterLength} characters.";
        }

        try
        {
            TemplateText.Parse(template.EmbeddedTmpl!, template.LeftDelim, template.RightDelim);
            return null;
        }
        catch (TemplateException e)
        {
            return e.Message;
        }
    }
}

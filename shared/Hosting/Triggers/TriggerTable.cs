using Saas.Hosting.Modules;
using Saas.Storage.Tables;

namespace Saas.Hosting.Triggers;

/// <param name="Function">PascalCase; unique in the module.</param>
public sealed record QueueTrigger(string Function, string Queue, QueueHandler Handler);

/// <inheritdoc cref="QueueTrigger"/>
public sealed record TimerTrigger(string Function, CronSchedule Schedule, TimerHandler Handler);

/// <summary>The queue- and timer-triggered functions of one module.</summary>
public sealed class TriggerTable : ITriggerTable
{
    /// <summary>The function through which the Functions host forwards HTTP requests.</summary>
    public const string HttpFunction = "Http";

    private readonly List<QueueTrigger> _queues = [];
    private readonly List<TimerTrigger> _timers = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { HttpFunction, "Host" };

    public IReadOnlyList<QueueTrigger> Queues => _queues;
    public IReadOnlyList<TimerTrigger> Timers => _timers;

    /// <summary>Names of all of them.</summary>
    public IEnumerable<string> Functions => _queues.Select(q => q.Function).Concat(_timers.Select(t => t.Function));

    public static TriggerTable Of(IModule module)
    {
        var table = new TriggerTable();
        module.MapTriggers(table);
        return table;
    }

    public void Queue(string function, string queue, QueueHandler handler)
    {
        TableKeys.CheckTable(queue);
        Claim(function);
        _queues.Add(new QueueTrigger(function, queue, handler));
    }

    public void Timer(string function, string schedule, TimerHandler handler)
    {
        Claim(function);
        _timers.Add(new TimerTrigger(function, CronSchedule.Parse(schedule), handler));
    }

    private void Claim(string function)
    {
        if (function.Length is 0 or > 127 || !char.IsAsciiLetterUpper(function[0]) || !function.All(char.IsAsciiLetterOrDigit))
        {
            throw new InvalidOperationException($"A function is named in PascalCase, letters and digits; '{function}' is not.");
        }

        if (!_names.Add(function))
        {
            throw new InvalidOperationException($"There is a function {function} already.");
        }
    }
}

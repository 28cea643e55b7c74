using System.Buffers;
using System.Collections.Concurrent;
using Saas.Registry.State;

namespace Saas.Registry.Consul;

/// <summary>
/// The answers of a domain's questions, each for as long as its resource index stays. All that ask at once share one
/// evaluation: five thousand watchers of a service that changed cost one.
/// </summary>
internal sealed class AnswerCache
{
    private const long MaxBytes = 32 * 1024 * 1024;
    private const int MaxAnswers = 20_000;

    private readonly ConcurrentDictionary<string, Lazy<Answer>> _answers = new(StringComparer.Ordinal);
    private long _bytes;
    private long _evaluations;

    /// <summary>How many answers were worked out, for tests.</summary>
    public long Evaluations => Interlocked.Read(ref _evaluations);

    public Answer AnswerTo(Question question, RegistryState state)
    {
        var index = Math.Max(1, question.IndexIn(state));
        if (question.Key is not { } key)
        {
            return Evaluate(question, state, index);
        }

        while (true)
        {
            if (_answers.TryGetValue(key, out var found) && found.Value is { } answer && answer.Index >= index)
            {
                // A newer one is worked out from a newer state: as good an answer to a question still open.
                return answer;
            }

            var fresh = new Lazy<Answer>(() => Evaluate(question, state, index));
            if (found is null ? _answers.TryAdd(key, fresh) : _answers.TryUpdate(key, fresh, found))
            {
                return Keep(key, fresh, found);
            }
        }
    }

    /// <summary>After a reload: the store may have been restored, and indexes begin lower again.</summary>
    public void Clear()
    {
        _answers.Clear();
        Interlocked.Exchange(ref _bytes, 0);
    }

    private Answer Keep(string key, Lazy<Answer> fresh, Lazy<Answer>? former)
    {
        try
        {
            var answer = fresh.Value;
            var bytes = Interlocked.Add(ref _bytes, answer.Body.Length - (former?.Value.Body.Length ?? 0));
            if (bytes > MaxBytes || _answers.Count > MaxAnswers)
            {
                Clear();
            }

            return answer;
        }
        catch (RegistryException)
        {
            // A refusal is not kept.
            _answers.TryRemove(new KeyValuePair<string, Lazy<Answer>>(key, fresh));
            throw;
        }
    }

    private Answer Evaluate(Question question, RegistryState state, ulong index)
    {
        Interlocked.Increment(ref _evaluations);
        var body = new ArrayBufferWriter<byte>(1024);
        var status = question.Write(state, body);
        return new Answer(status, body.WrittenMemory, index);
    }
}

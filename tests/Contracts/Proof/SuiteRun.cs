using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Saas.Contracts.Tests.Proof;

/// <summary>
/// Runs a contract suite by hand against something that is not meant to pass it, to see that it does not: a suite that
/// cannot fail proves nothing.
/// </summary>
internal static class SuiteRun
{
    /// <summary>Of one fact. What hangs because of the fault counts as failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="only">One fact; null: all.</param>
    /// <returns>The names of the facts that failed.</returns>
    public static async Task<IReadOnlySet<string>> FailuresAsync<TSuite>(Func<TSuite> create, string? only = null)
        where TSuite : notnull
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var facts = typeof(TSuite).GetMethods().Where(static method => method.IsDefined(typeof(FactAttribute))).ToArray();
        Assert.True(only is null || Array.Exists(facts, fact => fact.Name == only), $"There is no fact {only}.");
        foreach (var fact in facts.Where(fact => only is null || fact.Name == only))
        {
            foreach (var arguments in await ArgumentsAsync(fact))
            {
                if (!await PassesAsync(create(), fact, arguments))
                {
                    failed.Add(fact.Name);
                    break;
                }
            }
        }

        return failed;
    }

    private static async Task<IReadOnlyList<object?[]>> ArgumentsAsync(MethodInfo fact)
    {
        var sources = fact.GetCustomAttributes<DataAttribute>().ToArray();
        if (sources.Length == 0)
        {
            return [[]];
        }

        await using var tracker = new DisposalTracker();
        var rows = new List<object?[]>();
        foreach (var source in sources)
        {
            if (source is MemberDataAttributeBase member)
            {
                // The runner fills it in; without it there is no data.
                member.MemberType ??= fact.ReflectedType;
            }

            rows.AddRange((await source.GetData(fact, tracker)).Select(static row => row.GetData()));
        }

        return rows;
    }

    private static async Task<bool> PassesAsync(object suite, MethodInfo fact, object?[] arguments)
    {
        try
        {
            if (suite is IAsyncLifetime lifetime)
            {
                await lifetime.InitializeAsync();
            }

            if (fact.Invoke(suite, arguments) is Task running)
            {
                await running.WaitAsync(Patience);
            }

            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}

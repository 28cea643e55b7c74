using System.Text.Json;
using Saas.Registry.Queries;

namespace Saas.Registry.State;

internal sealed record QueryPut(PreparedQuery Query) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched)
    {
        if (state.Queries.Find(Query.ID) is { } found && Bytes(found).AsSpan().SequenceEqual(Bytes(Query)))
        {
            return state;
        }

        touched.Add(RegistryState.QueriesTopic);
        return state with { Queries = state.Queries.With(Query, index) };
    }

    private static byte[] Bytes(PreparedQuery query) =>
        JsonSerializer.SerializeToUtf8Bytes(query with { CreateIndex = 0, ModifyIndex = 0 }, StateJson.Default.PreparedQuery);
}

internal sealed record QueryRemoved(string Id) : Change
{
    public override RegistryState Apply(RegistryState state, ulong index, ICollection<string> touched)
    {
        if (state.Queries.Find(Id) is null)
        {
            return state;
        }

        touched.Add(RegistryState.QueriesTopic);
        return state with { Queries = state.Queries.Without(Id, index) };
    }
}

internal sealed partial record RegistryState
{
    public const string QueriesTopic = "queries";

    public QueryState Queries { get; init; } = QueryState.Empty;

    /// <summary>With a session go the queries that are bound to it.</summary>
    public RegistryState WithoutQueriesOf(string session, ulong index, ICollection<string> touched)
    {
        var bound = Queries.OfSession(session);
        if (bound.Count == 0)
        {
            return this;
        }

        touched.Add(QueriesTopic);
        return this with { Queries = bound.Aggregate(Queries, (queries, id) => queries.Without(id, index)) };
    }
}

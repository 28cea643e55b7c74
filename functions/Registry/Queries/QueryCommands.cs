using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Queries;

/// <summary>How queries change.</summary>
internal static class QueryCommands
{
    public static void Create(Draft draft, QueryBody body, PreparedQuery query)
    {
        QueryRules.Check(body, query);
        if (draft.State.Queries.Count >= QueryState.MaxQueries)
        {
            throw new RegistryException(429, $"Too many prepared queries: a datacenter of a namespace has at most {QueryState.MaxQueries}");
        }

        Put(draft, query);
    }

    public static void Update(Draft draft, QueryBody body, PreparedQuery query)
    {
        RequireKnown(draft, query.ID);
        QueryRules.Check(body, query);
        Put(draft, query);
    }

    public static void Delete(Draft draft, string id)
    {
        RequireKnown(draft, id);
        draft.Apply(new QueryRemoved(id));
    }

    private static void RequireKnown(Draft draft, string id)
    {
        if (draft.State.Queries.Find(id) is null)
        {
            throw RegistryException.Server($"Cannot modify non-existent prepared query: '{id}'");
        }
    }

    private static void Put(Draft draft, PreparedQuery query)
    {
        var queries = draft.State.Queries;
        if (query.Name.Length > 0)
        {
            Require(IsFree(queries.FindByName(query.Name), query), $"name '{query.Name}' aliases an existing query name");
        }
        else if (query.IsTemplate)
        {
            Require(IsFree(queries.FindTemplate(""), query), "a query template with an empty name already exists");
        }

        Require(queries.Find(query.Name) is null, $"name '{query.Name}' aliases an existing query ID");
        Require(query.Session.Length == 0 || draft.State.Sessions.Find(query.Session) is not null, $"invalid session \"{query.Session}\"");
        if (query.IsTemplate)
        {
            try
            {
                Template.Compile(query);
            }
            catch (TemplateException e)
            {
                throw RegistryException.Server("failed compiling template: " + e.Message);
            }
        }

        draft.Apply(new QueryPut(query));
    }

    private static bool IsFree(PreparedQuery? other, PreparedQuery query) =>
        other is null || string.Equals(other.ID, query.ID, StringComparison.OrdinalIgnoreCase);

    private static void Require(bool holds, string fault)
    {
        if (!holds)
        {
            throw RegistryException.Server(fault);
        }
    }
}

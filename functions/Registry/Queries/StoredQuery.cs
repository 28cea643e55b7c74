namespace Saas.Registry.Queries;

/// <summary>A query in the state, with what is worked out from it once, when it is first needed.</summary>
internal sealed class StoredQuery(PreparedQuery query)
{
    private Template? _template;

    public PreparedQuery Query => query;

    /// <summary>Of a template: two that work it out at once get the same.</summary>
    /// <exception cref="TemplateException">It was stored by another version, which understood it.</exception>
    public Template Template => _template ??= Template.Compile(query);
}

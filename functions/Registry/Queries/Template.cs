using Saas.Discovery.Filter.Patterns;

namespace Saas.Registry.Queries;

/// <summary>A query for all names that begin with its own, with the name asked for filled in. Safe for concurrent use.</summary>
internal sealed class Template
{
    private readonly PreparedQuery _query;
    private readonly Re2Captures? _pattern;
    private readonly Dictionary<string, TemplateText> _texts = new(StringComparer.Ordinal);

    private Template(PreparedQuery query, Re2Captures? pattern) => (_query, _pattern) = (query, pattern);

    /// <exception cref="TemplateException">Its type, its expression or one of its texts is none; says which and why.</exception>
    public static Template Compile(PreparedQuery query)
    {
        if (query.Template.Type != QueryTemplate.NamePrefixMatch)
        {
            throw new TemplateException($"Bad Template.Type '{query.Template.Type}'");
        }

        var template = new Template(query, Pattern(query.Template.Regexp));
        Walk(query.Service, (path, text) =>
        {
            template._texts[text] = Parsed(path, text);
            return text;
        });
        return template;
    }

    public PreparedQuery Render(string name)
    {
        var scope = new TemplateScope(name, _query.Name, _pattern?.Match(name) ?? []);
        var service = Walk(_query.Service, (_, text) => _texts[text].Render(scope));
        return _query with
        {
            Service = _query.Template.RemoveEmptyTags ? service with { Tags = [.. service.Tags.Where(t => t.Length > 0)] } : service,
        };
    }

    private static Re2Captures? Pattern(string regexp)
    {
        try
        {
            return regexp.Length > 0 ? Re2Pattern.CompileCapturing(regexp) : null;
        }
        catch (Re2SyntaxException e)
        {
            throw new TemplateException($"Bad Regexp: error parsing regexp: {e.Message}");
        }
    }

    private static TemplateText Parsed(string path, string text)
    {
        try
        {
            return new TemplateText(text);
        }
        catch (TemplateException e)
        {
            throw new TemplateException($"Bad format '{text}' in Service.{path}: {e.Message}");
        }
    }

    /// <summary>The service with each of its texts replaced.</summary>
    private static ServiceQuery Walk(ServiceQuery service, Func<string, string, string> replace)
    {
        return service with
        {
            Service = replace("Service", service.Service),
            Failover = service.Failover with
            {
                Datacenters = List("Failover.Datacenters", service.Failover.Datacenters),
                Targets = List("Failover.Targets", service.Failover.Targets),
            },
            IgnoreCheckIDs = List("IgnoreCheckIDs", service.IgnoreCheckIDs),
            Near = replace("Near", service.Near),
            Tags = List("Tags", service.Tags),
            NodeMeta = Map("NodeMeta", service.NodeMeta),
            ServiceMeta = Map("ServiceMeta", service.ServiceMeta),
        };

        IReadOnlyList<string> List(string path, IReadOnlyList<string> texts) => [.. texts.Select((text, i) => replace($"{path}[{i}]", text))];

        Dictionary<string, string> Map(string path, IReadOnlyDictionary<string, string> pairs) =>
            pairs.ToDictionary(p => p.Key, p => replace($"{path}[{p.Key}]", p.Value), StringComparer.Ordinal);
    }
}
